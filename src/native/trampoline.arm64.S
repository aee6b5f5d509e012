// The launch program's runner for arm64 (see trampoline.ts for what it is and how it is used).
// Assembled bytes stand in trampoline.ts; test/container/native/trampoline.test.ts keeps the two equal.
//
// A table is a header of 64 bytes and then one record of 104 bytes a step:
//   header  +0 steps  +8 timing  +16 report fd  +24 index of the step being run  +32 errno of the step that failed
//   record  +0 syscall number  +8…+48 six arguments  +56 bits 0-5: that argument is the address of its value; bit 8: fork
//           +64 tolerated errnos, one a byte  +72 where to store the result too, or 0  +80 result  +88 seconds  +96 ns
// In run: x19 header, x20 index, x21 record. No stack, no libc: only registers and the table.

        .text

// long launch(struct clone_args *x0, size_t x1, table *x2): called in the parent; gives the pid or -errno.
// clone_args must ask for CLONE_VM | CLONE_VFORK and no stack: the child borrows this one, without touching it, while
// the parent sleeps in clone3, and runs the table, which must end in execve.
launch:
        sub     sp, sp, #48
        stp     x19, x20, [sp]
        str     x21, [sp, #16]
        mov     x19, x2
        mov     x20, x0
        mov     x21, x1
        mov     x9, #-1
        str     x9, [sp, #40]
        mov     x8, #135                        // rt_sigprocmask(SIG_SETMASK, all, old, 8): no handler runs in the child
        mov     x0, #2
        add     x1, sp, #40
        add     x2, sp, #32
        mov     x3, #8
        svc     #0
        mov     x8, #435                        // clone3
        mov     x0, x20
        mov     x1, x21
        svc     #0
        cbz     x0, run
        mov     x20, x0
        mov     x8, #135                        // rt_sigprocmask(SIG_SETMASK, old, 0, 8)
        mov     x0, #2
        add     x1, sp, #32
        mov     x2, #0
        mov     x3, #8
        svc     #0
        mov     x0, x20
        ldr     x21, [sp, #16]
        ldp     x19, x20, [sp]
        add     sp, sp, #48
        ret

// The entry of the little program that the child becomes: argv[1] is the number of the descriptor that holds its table.
start:
        ldr     x0, [sp]
        cmp     x0, #2
        b.ne    die
        ldr     x9, [sp, #16]
        mov     x4, #0
        mov     x10, #10
digit:
        ldrb    w11, [x9], #1
        cbz     w11, map
        sub     w11, w11, #'0'
        madd    x4, x4, x10, x11
        b       digit
map:
        mov     x8, #222                        // mmap(256 MiB, 32 MiB, READ | WRITE, SHARED | FIXED, fd, 0)
        mov     x0, #0x10000000
        mov     x1, #0x2000000
        mov     x2, #3
        mov     x3, #0x11
        mov     x5, #0
        svc     #0
        cmn     x0, #4095
        b.hs    die
        mov     x19, x0
        mov     x20, #64                        // rt_sigaction(n, default, 0, 8): what is ignored stays so across execve
default:
        mov     x8, #134
        mov     x0, x20
        adr     x1, sigaction
        mov     x2, #0
        mov     x3, #8
        svc     #0
        subs    x20, x20, #1
        b.ne    default

run:
        mov     x20, #0
        add     x21, x19, #64
step:
        ldr     x9, [x19]
        cmp     x20, x9
        b.hs    end
        str     x20, [x19, #24]
        ldrb    w9, [x21, #56]                  // fetch the arguments that are results of earlier steps
        add     x10, x21, #8
fetch:
        cbz     w9, call
        tbz     w9, #0, fetched
        ldr     x11, [x10]
        ldr     x11, [x11]
        str     x11, [x10]
fetched:
        add     x10, x10, #8
        lsr     w9, w9, #1
        b       fetch
call:
        ldp     x8, x0, [x21]
        ldp     x1, x2, [x21, #16]
        ldp     x3, x4, [x21, #32]
        ldr     x5, [x21, #48]
        svc     #0
        ldrb    w12, [x21, #57]
        tbz     w12, #0, result                 // a fork: only the one that stays behind has a result to write
        cbz     x0, clock
result:
        str     x0, [x21, #80]
        ldr     x9, [x21, #72]
        cbz     x9, stored
        str     x0, [x9]
stored:
        cmn     x0, #4095
        b.hs    failed
        tbnz    w12, #0, leave
clock:
        ldr     x9, [x19, #8]
        cbz     x9, next
        mov     x8, #113                        // clock_gettime(CLOCK_MONOTONIC)
        mov     x0, #1
        add     x1, x21, #88
        svc     #0
next:
        add     x21, x21, #104
        add     x20, x20, #1
        b       step

failed:
        neg     x0, x0
        ldr     x9, [x21, #64]
tolerate:
        cbz     x9, fail
        and     x10, x9, #0xff
        cmp     x10, x0
        b.eq    clock
        lsr     x9, x9, #8
        b       tolerate
fail:
        str     x0, [x19, #32]
die:
        mov     x0, #127
        b       exit
leave:
        mov     x8, #64                         // write(report fd, &result, 8): the pid of the one that goes on
        ldr     x0, [x19, #16]
        add     x1, x21, #80
        mov     x2, #8
        svc     #0
        b       done
end:
        str     x20, [x19, #24]
done:
        mov     x0, #0
exit:
        mov     x8, #94                         // exit_group
        svc     #0

        .balign 8
sigaction:
        .zero   32
