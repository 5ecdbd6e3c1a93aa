package io.signalbox.agent.policy;

import org.jspecify.annotations.Nullable;

/**
 * Header values with variables between percent signs, as Envoy substitutes them: {@code %%} is one percent sign. The
 * variables that mean something here are those of {@link Variables}; any other stands as it is written.
 */
public final class HeaderValues {
    private HeaderValues() {}

    /** What variables stand for. */
    public interface Variables {
        /** {@code DOWNSTREAM_REMOTE_ADDRESS}: address and port of the caller. */
        String remoteAddress();

        /** {@code DOWNSTREAM_LOCAL_ADDRESS}: the original destination, with port. */
        String localAddress();

        /** {@code PROTOCOL}: {@code HTTP/1.1} or {@code HTTP/2}. */
        String protocol();

        /**
         * {@code REQ(name)}: a request header, as it came.
         *
         * @param name lower-case; {@code :method}, {@code :path}, {@code :authority} and {@code :scheme} too
         * @return null when there is none
         */
        @Nullable
        String requestHeader(String name);
    }

    /** The value with its variables replaced; the same object when it has none. */
    public static String resolve(String value, Variables variables) {
        int percent = value.indexOf('%');
        if (percent < 0) {
            return value;
        }
        StringBuilder out = new StringBuilder(value.length() + 32);
        int copied = 0;
        while (percent >= 0) {
            int end = value.indexOf('%', percent + 1);
            if (end < 0) {
                break;
            }
            out.append(value, copied, percent);
            String name = value.substring(percent + 1, end);
            String text = name.isEmpty() ? "%" : variable(name, variables);
            out.append(text == null ? value.substring(percent, end + 1) : text);
            copied = end + 1;
            percent = value.indexOf('%', copied);
        }
        return out.append(value, copied, value.length()).toString();
    }

    private static @Nullable String variable(String name, Variables variables) {
        return switch (name) {
            case "DOWNSTREAM_REMOTE_ADDRESS" -> variables.remoteAddress();
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" -> host(variables.remoteAddress());
            case "DOWNSTREAM_REMOTE_PORT" -> port(variables.remoteAddress());
            case "DOWNSTREAM_LOCAL_ADDRESS" -> variables.localAddress();
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" -> host(variables.localAddress());
            case "DOWNSTREAM_LOCAL_PORT" -> port(variables.localAddress());
            case "PROTOCOL" -> variables.protocol();
            default -> requestHeader(name, variables);
        };
    }

    private static @Nullable String requestHeader(String name, Variables variables) {
        if (!name.startsWith("REQ(") || !name.endsWith(")")) {
            return null;
        }
        String value = variables.requestHeader(Authorities.lowerCase(name.substring(4, name.length() - 1)));
        return value == null ? "" : value;
    }

    private static String host(String address) {
        String host = address.substring(0, Authorities.hostEnd(address));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String port(String address) {
        return address.substring(Math.min(address.length(), Authorities.hostEnd(address) + 1));
    }
}
