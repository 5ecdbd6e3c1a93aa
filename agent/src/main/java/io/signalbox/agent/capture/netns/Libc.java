package io.signalbox.agent.capture.netns;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The calls of the C library that Java has no word for. */
@SuppressWarnings("restricted") // foreign functions: the launcher allows them
final class Libc {
    /** Kind of namespace for {@link #setns}: CLONE_NEWNET of linux/sched.h. */
    static final int NETWORK = 0x40000000;

    /** Kind of namespace for {@link #setns}: CLONE_NEWCGROUP of linux/sched.h. */
    static final int CGROUP = 0x02000000;

    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int MAX_MESSAGE_BYTES = 256;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final AddressLayout TEXT =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(MAX_MESSAGE_BYTES, ValueLayout.JAVA_BYTE));
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");
    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            WITH_ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), WITH_ERRNO);
    private static final MethodHandle SETNS = function(
            "setns",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            WITH_ERRNO);
    private static final MethodHandle STRERROR =
            function("strerror", FunctionDescriptor.of(TEXT, ValueLayout.JAVA_INT));

    private Libc() {}

    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        SymbolLookup library = LINKER.defaultLookup();
        return LINKER.downcallHandle(library.findOrThrow(name), type, options);
    }

    /** Opens a file for reading; it is not passed on to programs that are started. */
    static int open(String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int file = (int) OPEN.invokeExact(state, arena.allocateFrom(path), O_RDONLY | O_CLOEXEC);
            return checked("open " + path, file, state);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Closes a file. */
    static void close(int file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("close", (int) CLOSE.invokeExact(state, file), state);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Moves the calling thread into a namespace. */
    static void setns(int file, int kind) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("setns", (int) SETNS.invokeExact(state, file, kind), state);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int checked(String call, int result, MemorySegment state) throws Throwable {
        if (result >= 0) {
            return result;
        }
        int errno = (int) ERRNO.get(state, 0L);
        MemorySegment message = (MemorySegment) STRERROR.invokeExact(errno);
        throw new IOException(call + ": " + message.getString(0));
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("a foreign function threw", e);
    }
}
