package io.signalbox.agent.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Tells whether a certificate bears one of the names that an operator accepts. */
final class PeerIdentity {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private PeerIdentity() {}

    /**
     * Whether any subject alternative name is one of those accepted. DNS names compare without case, and the
     * certificate's may begin with {@code *.}, which stands for one label; all others compare as they are.
     */
    static boolean matches(X509Certificate certificate, List<String> accepted) throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (names == null) {
            return false;
        }
        for (List<?> name : names) {
            int type = (Integer) name.get(0);
            for (String wanted : accepted) {
                if (name.get(1) instanceof String text && matches(type, text, wanted)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean matches(int type, String name, String wanted) {
        return switch (type) {
            case DNS_NAME -> matchesDns(name.toLowerCase(Locale.ROOT), wanted.toLowerCase(Locale.ROOT));
            case IP_ADDRESS -> isAddress(wanted) && sameAddress(name, wanted);
            default -> name.equals(wanted);
        };
    }

    private static boolean matchesDns(String name, String wanted) {
        if (name.equals(wanted)) {
            return true;
        }
        int dot = wanted.indexOf('.');
        return dot > 0 && name.startsWith("*.") && name.substring(1).equals(wanted.substring(dot));
    }

    /** Whether a text can only be an address, so that nobody is asked what it means. */
    static boolean isAddress(String text) {
        return text.indexOf(':') >= 0
                || (!text.isEmpty() && text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
    }

    private static boolean sameAddress(String one, String other) {
        try {
            return InetAddress.getByName(one).equals(InetAddress.getByName(other));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
