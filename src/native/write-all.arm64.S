// Many files written to in one call, for arm64 (see write-all.ts for what it is and how it is used).
// Assembled bytes stand in write-all.ts; test/container/native/write-all.test.ts keeps the two equal.
//
// A table has one record of 24 bytes a write:
//   +0 descriptor  +4 where in the buffer its bytes are  +8 how many  +12 result: bytes written, or -errno  +16 where in the file
// It calls nothing and stores nothing but what the kernel does: registers only.

        .text

// void writeAll(record *x0, long x1, const char *x2): does so many writes, each at its place.
writeAll:
        mov     x9, x0
        mov     x10, x1
        mov     x11, x2
next:
        cbz     x10, done
        mov     x8, #68                         // pwrite64(descriptor, buffer + offset, size, place)
        ldr     w0, [x9]
        ldr     w1, [x9, #4]
        add     x1, x1, x11
        ldr     w2, [x9, #8]
        ldr     x3, [x9, #16]
        svc     #0
        str     w0, [x9, #12]
        add     x9, x9, #24
        sub     x10, x10, #1
        b       next
done:
        ret
