package io.signalbox.loadtest.link;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * A network device whose packets this process carries. It is made in the network namespace of the process, may be moved
 * to another, and vanishes with the process. Safe for use by one thread that reads and one that writes.
 */
@SuppressWarnings("restricted") // foreign functions: the launcher allows them
final class TunDevice {
    private static final String CLONE_DEVICE = "/dev/net/tun";
    private static final int O_RDWR = 2;
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN_NO_PI = 0x1001;

    /** A {@code struct ifreq} of linux/if.h: a name, and flags behind it. */
    private static final int REQUEST_BYTES = 40;

    private static final int MAX_NAME_BYTES = 15;
    private static final int FLAGS_OFFSET = 16;
    private static final int MAX_PACKET_BYTES = 65_535;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");
    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            WITH_ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = function(
            "ioctl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            WITH_ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final FunctionDescriptor TRANSFER = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle READ = function("read", TRANSFER, WITH_ERRNO);
    private static final MethodHandle WRITE = function("write", TRANSFER);

    private final int file;
    private final MemorySegment incoming = Arena.ofAuto().allocate(MAX_PACKET_BYTES);
    private final MemorySegment outgoing = Arena.ofAuto().allocate(MAX_PACKET_BYTES);
    private final MemorySegment state = Arena.ofAuto().allocate(STATE);

    private TunDevice(int file) {
        this.file = file;
    }

    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    /** Makes the device of that name; needs root. */
    static TunDevice create(String name) throws IOException {
        if (name.isEmpty() || name.length() > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("device name: " + name + " (expected: 1 to 15 characters)");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int file = (int) OPEN.invokeExact(state, arena.allocateFrom(CLONE_DEVICE), O_RDWR);
            if (file < 0) {
                throw failure("open " + CLONE_DEVICE, state);
            }
            MemorySegment request = arena.allocate(REQUEST_BYTES);
            request.setString(0, name);
            request.set(ValueLayout.JAVA_SHORT, FLAGS_OFFSET, IFF_TUN_NO_PI);
            if ((int) IOCTL.invokeExact(state, file, TUNSETIFF, request) < 0) {
                throw failure("TUNSETIFF " + name, state);
            }
            return new TunDevice(file);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a foreign function threw", e);
        }
    }

    /** Waits for the next packet that is sent through the device; fails when the device is gone. */
    ByteBuffer read() throws IOException {
        try {
            long length = (long) READ.invokeExact(state, file, incoming, (long) MAX_PACKET_BYTES);
            if (length < 0) {
                throw failure("read", state);
            }
            return ByteBuffer.wrap(incoming.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a foreign function threw", e);
        }
    }

    /** Lets a packet arrive at the device; it is lost if that is down. */
    void write(ByteBuffer packet) {
        MemorySegment.copy(MemorySegment.ofBuffer(packet), 0, outgoing, 0, packet.remaining());
        try {
            long ignored = (long) WRITE.invokeExact(file, outgoing, (long) packet.remaining());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a foreign function threw", e);
        }
    }

    private static IOException failure(String call, MemorySegment state) {
        return new IOException(call + ": errno " + (int) ERRNO.get(state, 0L));
    }
}
