# Many files written to in one call, for x86-64 (see write-all.ts for what it is and how it is used).
# Assembled bytes stand in write-all.ts; test/container/native/write-all.test.ts keeps the two equal.
#
# A table has one record of 24 bytes a write:
#   +0 descriptor  +4 where in the buffer its bytes are  +8 how many  +12 result: bytes written, or -errno  +16 where in the file
# It calls nothing and stores nothing but what the kernel does: registers only.

        .intel_syntax noprefix
        .text

# void writeAll(record *rdi, long rsi, const char *rdx): does so many writes, each at its place.
writeAll:
        push    rbx
        mov     r8, rdi
        mov     r9, rsi
        mov     rbx, rdx
next:
        test    r9, r9
        jz      done
        mov     eax, 18                         # pwrite64(descriptor, buffer + offset, size, place)
        mov     edi, [r8]
        mov     esi, [r8 + 4]
        add     rsi, rbx
        mov     edx, [r8 + 8]
        mov     r10, [r8 + 16]
        syscall
        mov     [r8 + 12], eax
        add     r8, 24
        dec     r9
        jmp     next
done:
        pop     rbx
        ret
