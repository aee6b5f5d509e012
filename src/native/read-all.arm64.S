// Many files read in one call, for arm64 (see read-all.ts for what it is and how it is used).
// Assembled bytes stand in read-all.ts; test/container/native/read-all.test.ts keeps the two equal.
//
// A table has one record of 16 bytes a file:
//   +0 descriptor  +4 where in the buffer its text goes  +8 how many bytes may  +12 result: bytes read, or -errno
// It calls nothing and stores nothing but what the kernel does: registers only.

        .text

// void readAll(record *x0, long x1, char *x2): reads so many files, each from its beginning.
readAll:
        mov     x9, x0
        mov     x10, x1
        mov     x11, x2
next:
        cbz     x10, done
        mov     x8, #67                         // pread64(descriptor, buffer + offset, size, 0)
        ldr     w0, [x9]
        ldr     w1, [x9, #4]
        add     x1, x1, x11
        ldr     w2, [x9, #8]
        mov     x3, #0
        svc     #0
        str     w0, [x9, #12]
        add     x9, x9, #16
        sub     x10, x10, #1
        b       next
done:
        ret
