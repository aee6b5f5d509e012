# The launch program's runner for x86-64 (see trampoline.ts for what it is and how it is used).
# Assembled bytes stand in trampoline.ts; test/container/native/trampoline.test.ts keeps the two equal.
#
# A table is a header of 64 bytes and then one record of 104 bytes a step:
#   header  +0 steps  +8 timing  +16 report fd  +24 index of the step being run  +32 errno of the step that failed
#   record  +0 syscall number  +8…+48 six arguments  +56 bits 0-5: that argument is the address of its value; bit 8: fork
#           +64 tolerated errnos, one a byte  +72 where to store the result too, or 0  +80 result  +88 seconds  +96 ns
# In run: rbx header, rbp index, r12 record. No stack, no libc: only registers and the table.

        .intel_syntax noprefix
        .text

# long launch(struct clone_args *rdi, size_t rsi, table *rdx): called in the parent; gives the pid or -errno.
# clone_args must ask for CLONE_VM | CLONE_VFORK and no stack: the child borrows this one, without touching it, while
# the parent sleeps in clone3, and runs the table, which must end in execve.
launch:
        push    rbx
        push    rbp
        push    r12
        sub     rsp, 16
        mov     rbx, rdx
        mov     rbp, rdi
        mov     r12, rsi
        mov     qword ptr [rsp + 8], -1
        mov     eax, 14                         # rt_sigprocmask(SIG_SETMASK, all, old, 8): no handler runs in the child
        mov     edi, 2
        lea     rsi, [rsp + 8]
        mov     rdx, rsp
        mov     r10d, 8
        syscall
        mov     eax, 435                        # clone3
        mov     rdi, rbp
        mov     rsi, r12
        syscall
        test    rax, rax
        jz      run
        mov     rbp, rax
        mov     eax, 14                         # rt_sigprocmask(SIG_SETMASK, old, 0, 8)
        mov     edi, 2
        mov     rsi, rsp
        xor     edx, edx
        mov     r10d, 8
        syscall
        mov     rax, rbp
        add     rsp, 16
        pop     r12
        pop     rbp
        pop     rbx
        ret

# The entry of the little program that the child becomes: argv[1] is the number of the descriptor that holds its table.
start:
        cmp     qword ptr [rsp], 2
        jne     die
        mov     rsi, [rsp + 16]
        xor     r8d, r8d
digit:
        movzx   eax, byte ptr [rsi]
        test    eax, eax
        jz      map
        imul    r8d, r8d, 10
        lea     r8d, [r8 + rax - '0']
        inc     rsi
        jmp     digit
map:
        mov     eax, 9                          # mmap(256 MiB, 32 MiB, READ | WRITE, SHARED | FIXED, fd, 0)
        mov     edi, 0x10000000
        mov     esi, 0x2000000
        mov     edx, 3
        mov     r10d, 0x11
        xor     r9d, r9d
        syscall
        cmp     rax, -4095
        jae     die
        mov     rbx, rax
        mov     ebp, 64                         # rt_sigaction(n, default, 0, 8): what is ignored stays so across execve
default:
        mov     eax, 13
        mov     edi, ebp
        lea     rsi, [rip + sigaction]
        xor     edx, edx
        mov     r10d, 8
        syscall
        dec     ebp
        jnz     default

run:
        xor     ebp, ebp
        lea     r12, [rbx + 64]
step:
        cmp     rbp, [rbx]
        jae     end
        mov     [rbx + 24], rbp
        movzx   ecx, byte ptr [r12 + 56]        # fetch the arguments that are results of earlier steps
        lea     rdx, [r12 + 8]
fetch:
        test    ecx, ecx
        jz      call
        test    cl, 1
        jz      fetched
        mov     rax, [rdx]
        mov     rax, [rax]
        mov     [rdx], rax
fetched:
        add     rdx, 8
        shr     ecx, 1
        jmp     fetch
call:
        mov     rax, [r12]
        mov     rdi, [r12 + 8]
        mov     rsi, [r12 + 16]
        mov     rdx, [r12 + 24]
        mov     r10, [r12 + 32]
        mov     r8, [r12 + 40]
        mov     r9, [r12 + 48]
        syscall
        test    byte ptr [r12 + 57], 1          # a fork: only the one that stays behind has a result to write
        jz      result
        test    rax, rax
        jz      clock
result:
        mov     [r12 + 80], rax
        mov     rcx, [r12 + 72]
        test    rcx, rcx
        jz      stored
        mov     [rcx], rax
stored:
        cmp     rax, -4095
        jae     failed
        test    byte ptr [r12 + 57], 1
        jnz     leave
clock:
        cmp     qword ptr [rbx + 8], 0
        je      next
        mov     eax, 228                        # clock_gettime(CLOCK_MONOTONIC)
        mov     edi, 1
        lea     rsi, [r12 + 88]
        syscall
next:
        add     r12, 104
        inc     rbp
        jmp     step

failed:
        neg     rax
        mov     rcx, [r12 + 64]
tolerate:
        test    rcx, rcx
        jz      fail
        movzx   edx, cl
        cmp     rdx, rax
        je      clock
        shr     rcx, 8
        jmp     tolerate
fail:
        mov     [rbx + 32], rax
die:
        mov     edi, 127
        jmp     exit
leave:
        mov     eax, 1                          # write(report fd, &result, 8): the pid of the one that goes on
        mov     rdi, [rbx + 16]
        lea     rsi, [r12 + 80]
        mov     edx, 8
        syscall
        jmp     done
end:
        mov     [rbx + 24], rbp
done:
        xor     edi, edi
exit:
        mov     eax, 231                        # exit_group
        syscall

sigaction:
        .zero   32
