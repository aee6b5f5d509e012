# Many files read in one call, for x86-64 (see read-all.ts for what it is and how it is used).
# Assembled bytes stand in read-all.ts; test/container/native/read-all.test.ts keeps the two equal.
#
# A table has one record of 16 bytes a file:
#   +0 descriptor  +4 where in the buffer its text goes  +8 how many bytes may  +12 result: bytes read, or -errno
# It calls nothing and stores nothing but what the kernel does: registers only.

        .intel_syntax noprefix
        .text

# void readAll(record *rdi, long rsi, char *rdx): reads so many files, each from its beginning.
readAll:
        push    rbx
        mov     r8, rdi
        mov     r9, rsi
        mov     rbx, rdx
next:
        test    r9, r9
        jz      done
        mov     eax, 17                         # pread64(descriptor, buffer + offset, size, 0)
        mov     edi, [r8]
        mov     esi, [r8 + 4]
        add     rsi, rbx
        mov     edx, [r8 + 8]
        xor     r10d, r10d
        syscall
        mov     [r8 + 12], eax
        add     r8, 16
        dec     r9
        jmp     next
done:
        pop     rbx
        ret
