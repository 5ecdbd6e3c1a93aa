package io.signalbox.agent.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.detect.ClientHello.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientHelloTest {
    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] number(int value, int size) {
        byte[] number = new byte[size];
        for (int i = 0; i < size; i++) {
            number[i] = (byte) (value >>> (8 * (size - 1 - i)));
        }
        return number;
    }

    private static byte[] vector(int lengthBytes, byte[] content) {
        return join(number(content.length, lengthBytes), content);
    }

    private static byte[] extension(int type, byte[] content) {
        return join(number(type, 2), vector(2, content));
    }

    private static byte[] serverName(String name) {
        byte[] entry = join(bytes(0), vector(2, name.getBytes(StandardCharsets.ISO_8859_1)));
        return extension(0, vector(2, entry));
    }

    /** A handshake message with GREASE values (RFC 8701) where a client may put them. */
    private static byte[] message(byte[] extensions) {
        byte[] body = join(
                bytes(3, 3),
                new byte[32],
                vector(1, new byte[32]),
                vector(2, bytes(0x0a, 0x0a, 0x13, 0x01)),
                vector(1, bytes(0)),
                vector(2, extensions));
        return join(bytes(1), vector(3, body));
    }

    private static byte[] records(byte[] message, int fragment) {
        byte[] all = {};
        for (int at = 0; at < message.length; at += fragment) {
            byte[] part = Arrays.copyOfRange(message, at, Math.min(message.length, at + fragment));
            all = join(all, bytes(22, 3, 1), vector(2, part));
        }
        return all;
    }

    private static byte[] hello(byte[]... extensions) {
        return records(message(join(extensions)), 16 * 1024);
    }

    private static ClientHello read(byte[] bytes) {
        return ClientHello.read(bytes, bytes.length);
    }

    private static final byte[] GREASE = extension(0x0a0a, bytes());
    private static final byte[] KEY_SHARE = extension(51, new byte[1300]);

    @Test
    void readsTheServerName() {
        assertThat(read(hello(GREASE, KEY_SHARE, serverName("Www.Example.org"), GREASE)))
                .isEqualTo(new ClientHello(Status.COMPLETE, "www.example.org"));
        assertThat(read(hello(GREASE, KEY_SHARE))).isEqualTo(new ClientHello(Status.COMPLETE, null));
        assertThat(read(hello())).isEqualTo(new ClientHello(Status.COMPLETE, null));
    }

    @Test
    void readsWhatTheJdkSends() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("shop.example", 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("shop.example")));
        parameters.setApplicationProtocols(new String[] {"h2"});
        engine.setSSLParameters(parameters);
        java.nio.ByteBuffer out =
                java.nio.ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.beginHandshake();
        engine.wrap(java.nio.ByteBuffer.allocate(0), out);
        byte[] sent = Arrays.copyOf(out.array(), out.position());

        assertThat(read(sent)).isEqualTo(new ClientHello(Status.COMPLETE, "shop.example"));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "5", "100", "1000"})
    void theVerdictDoesNotDependOnHowTheMessageIsCut(int fragment) {
        byte[] sent = records(message(join(GREASE, serverName("a.example"), KEY_SHARE)), fragment);
        if (sent.length <= ClientHello.MAX_BYTES) {
            assertThat(read(sent)).isEqualTo(new ClientHello(Status.COMPLETE, "a.example"));
        }
        for (int length = 0; length < sent.length && length < ClientHello.MAX_BYTES; length += 1 + length / 50) {
            assertThat(ClientHello.read(sent, length).status())
                    .isIn(Status.INCOMPLETE, sent.length > ClientHello.MAX_BYTES ? Status.NONE : Status.INCOMPLETE);
        }
    }

    @Test
    void readsNoFurtherThanTheMessage() {
        byte[] sent = join(hello(serverName("a.example")), bytes(1, 2, 3));
        assertThat(read(sent)).isEqualTo(new ClientHello(Status.COMPLETE, "a.example"));
    }

    @Test
    void whatIsMalformedIsNone() {
        assertThat(read(bytes('G', 'E', 'T')).status()).isEqualTo(Status.NONE);
        assertThat(read(bytes(22, 2)).status()).isEqualTo(Status.NONE);
        assertThat(read(bytes(22, 3, 1, 0, 0)).status()).isEqualTo(Status.NONE);
        assertThat(read(bytes(22, 3, 1, 0, 1, 2)).status()).isEqualTo(Status.NONE);
        assertThat(read(hello(serverName(""))).status()).isEqualTo(Status.NONE);
        assertThat(read(hello(serverName("a b"))).status()).isEqualTo(Status.NONE);
        assertThat(read(hello(serverName("\u00e4"))).status()).isEqualTo(Status.NONE);
        assertThat(read(hello(serverName("a"), serverName("b"))).status()).isEqualTo(Status.NONE);
        assertThat(read(hello(extension(0, bytes(0)))).status()).isEqualTo(Status.NONE);
        assertThat(read(hello(bytes(0, 51, 0, 9))).status()).isEqualTo(Status.NONE);
        byte[] tooLarge = join(bytes(22, 3, 1, 0x40, 0, 1), number(20_000, 3));
        assertThat(read(tooLarge).status()).isEqualTo(Status.NONE);
    }

    @Test
    void mutationsNeitherThrowNorWaitForEver() {
        Random random = new Random(23);
        byte[] sent = records(message(join(GREASE, serverName("www.example.org"), KEY_SHARE)), 700);
        for (int round = 0; round < 20_000; round++) {
            byte[] mutated = mutate(sent, random);
            ClientHello verdict = read(mutated);
            @Nullable String name = verdict.serverName();
            assertThat(name == null || name.matches("[\\x21-\\x7e]{1,255}")).isTrue();
            if (verdict.status() != Status.INCOMPLETE) {
                assertThat(read(join(mutated, new byte[64]))).isEqualTo(verdict);
            }
        }
        byte[] endless = records(join(bytes(1), number(16_000, 3), new byte[15_000]), 3);
        assertThat(ClientHello.read(endless, endless.length).status()).isEqualTo(Status.NONE);
    }

    private static byte[] mutate(byte[] sent, Random random) {
        byte[] mutated = Arrays.copyOf(sent, 1 + random.nextInt(sent.length));
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(Math.min(mutated.length, random.nextBoolean() ? 160 : sent.length));
            mutated[at] = (byte) random.nextInt(256);
        }
        return mutated;
    }
}
