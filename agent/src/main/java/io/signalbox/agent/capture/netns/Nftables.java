package io.signalbox.agent.capture.netns;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/**
 * A connection to nftables of one network namespace, by libnftables. The kernel removes the tables that were made with
 * {@code flags owner} when it is closed, also by the end of the process. For one thread at a time; needs CAP_NET_ADMIN.
 */
@SuppressWarnings("restricted") // foreign functions: the launcher allows them
public final class Nftables implements AutoCloseable {
    private static final String LIBRARY = "libnftables.so.1";

    /** The functions of nftables/libnftables.h; found when first used, since the library need not be there. */
    private static final class Functions {
        private static final long MAX_OUTPUT_BYTES = 1024 * 1024;
        private static final AddressLayout TEXT = ValueLayout.ADDRESS.withTargetLayout(
                MemoryLayout.sequenceLayout(MAX_OUTPUT_BYTES, ValueLayout.JAVA_BYTE));
        private static final FunctionDescriptor RUN =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        private static final FunctionDescriptor SWITCH =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        private static final FunctionDescriptor READ = FunctionDescriptor.of(TEXT, ValueLayout.ADDRESS);

        final MethodHandle create;
        final MethodHandle bufferOutput;
        final MethodHandle bufferErrors;
        final MethodHandle dryRun;
        final MethodHandle run;
        final MethodHandle output;
        final MethodHandle errors;
        final MethodHandle free;

        Functions() {
            Linker linker = Linker.nativeLinker();
            SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
            create = linker.downcallHandle(
                    library.findOrThrow("nft_ctx_new"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            bufferOutput = linker.downcallHandle(library.findOrThrow("nft_ctx_buffer_output"), SWITCH);
            bufferErrors = linker.downcallHandle(library.findOrThrow("nft_ctx_buffer_error"), SWITCH);
            dryRun = linker.downcallHandle(
                    library.findOrThrow("nft_ctx_set_dry_run"),
                    FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_BOOLEAN));
            run = linker.downcallHandle(library.findOrThrow("nft_run_cmd_from_buffer"), RUN);
            output = linker.downcallHandle(library.findOrThrow("nft_ctx_get_output_buffer"), READ);
            errors = linker.downcallHandle(library.findOrThrow("nft_ctx_get_error_buffer"), READ);
            free = linker.downcallHandle(
                    library.findOrThrow("nft_ctx_free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        }
    }

    private static final class Library {
        private static final Functions FUNCTIONS = new Functions();
    }

    private final Functions functions = Library.FUNCTIONS;
    private final MemorySegment context;
    private boolean closed;

    private Nftables() throws Throwable {
        context = (MemorySegment) functions.create.invokeExact(0);
        if (context.address() == 0
                || (int) functions.bufferOutput.invokeExact(context) != 0
                || (int) functions.bufferErrors.invokeExact(context) != 0) {
            throw new IOException(LIBRARY + ": no context");
        }
    }

    /** Whether the library can be used; throws with the reason if not. */
    public static void require() throws IOException {
        try {
            Objects.requireNonNull(Library.FUNCTIONS);
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new IOException(LIBRARY + ": cannot be loaded (expected: nftables is installed)", e);
        }
    }

    /** Connects in the network namespace of the calling thread, and stays connected to it wherever that thread goes. */
    public static Nftables open() throws IOException {
        try {
            return new Nftables();
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Runs commands as one transaction: all or none.
     *
     * @return what they print
     * @throws IOException with nft's words when they are refused
     */
    public String run(String commands) throws IOException {
        if (closed) {
            throw new IllegalStateException("nftables: closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) functions.run.invokeExact(context, arena.allocateFrom(commands));
            String output = ((MemorySegment) functions.output.invokeExact(context)).getString(0);
            String errors = ((MemorySegment) functions.errors.invokeExact(context)).getString(0);
            if (result != 0) {
                throw new IOException("nftables: " + errors.strip());
            }
            return output;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Forgets what was read of the kernel's tables, half a megabyte for each: for connections that are kept for long
     * only because of the tables that are theirs.
     */
    public void shrink() throws IOException {
        try {
            functions.dryRun.invokeExact(context, true);
            // The library frees its cache after a dry run, and has no other word for it.
            run("\n");
            functions.dryRun.invokeExact(context, false);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                functions.free.invokeExact(context);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("a foreign function threw", e);
    }
}
