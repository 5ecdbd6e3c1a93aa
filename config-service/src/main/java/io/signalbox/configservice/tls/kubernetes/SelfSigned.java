package io.signalbox.configservice.tls.kubernetes;

import io.signalbox.configservice.tls.CertificateAuthority;
import io.signalbox.configservice.tls.ServingCertificate;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the Secret holds: a CA, whom agents are to trust, and the certificate that is served. Immutable; says what is to
 * come next, and does nothing.
 *
 * @param authority signs what is served next
 * @param trusted the CA's certificate, and before it changed for good that of the CA before
 * @param serving what is served
 */
record SelfSigned(CertificateAuthority authority, List<X509Certificate> trusted, ServingCertificate serving) {
    static final String CA_CERTIFICATE = "ca.crt";
    static final String CA_KEY = "ca.key";
    static final String CERTIFICATE = "tls.crt";
    static final String KEY = "tls.key";

    static final Duration CA_LIFE = Duration.ofDays(3650);

    /** Before its end, the next CA takes over: long enough for what it has signed to end before. */
    static final Duration CA_RENEWAL = Duration.ofDays(365);

    static final Duration LIFE = Duration.ofDays(90);
    static final Duration RENEWAL = Duration.ofDays(30);

    private static final String CA_NAME = "signalbox-config-ca";

    SelfSigned {
        trusted = List.copyOf(trusted);
    }

    /** All new, for a server of these names. */
    static SelfSigned create(Collection<String> names, Instant now) {
        CertificateAuthority authority = CertificateAuthority.create(CA_NAME, now, CA_LIFE);
        return new SelfSigned(
                authority, List.of(authority.certificate()), authority.issue(List.copyOf(names), now, LIFE));
    }

    /** As the Secret has it. */
    static SelfSigned of(Map<String, String> data) throws IOException {
        ServingCertificate ca =
                ServingCertificate.ofPem(data.getOrDefault(CA_CERTIFICATE, ""), data.getOrDefault(CA_KEY, ""));
        ServingCertificate serving =
                ServingCertificate.ofPem(data.getOrDefault(CERTIFICATE, ""), data.getOrDefault(KEY, ""));
        CertificateAuthority authority = new CertificateAuthority(new ServingCertificate(ca.key(), List.of(ca.leaf())));
        return new SelfSigned(authority, ca.chain(), serving);
    }

    /** As the Secret is to have it. */
    Map<String, String> data() {
        return Map.of(
                CA_CERTIFICATE, trustedPem(),
                CA_KEY, authority.identity().keyPem(),
                CERTIFICATE, serving.chainPem(),
                KEY, serving.keyPem());
    }

    /** Whom agents are to trust, as PEM. */
    String trustedPem() {
        return new ServingCertificate(authority.identity().key(), trusted).chainPem();
    }

    /**
     * What is to take its place; itself when nothing is due. A CA and what it has signed never change at once: agents
     * get to know the next CA before anything that it signed.
     */
    SelfSigned next(Collection<String> names, Instant now) {
        Set<String> served = names(serving.leaf());
        if (!served.containsAll(names) || isDue(serving.leaf(), RENEWAL, now)) {
            // Names of replicas with other options stay, so that they do not take it from each other for ever.
            Set<String> all = new TreeSet<>(served);
            all.addAll(names);
            return new SelfSigned(authority, trusted, authority.issue(List.copyOf(all), now, LIFE));
        }
        if (isDue(authority.certificate(), CA_RENEWAL, now)) {
            CertificateAuthority renewed = CertificateAuthority.create(CA_NAME, now, CA_LIFE);
            return new SelfSigned(renewed, List.of(renewed.certificate(), authority.certificate()), serving);
        }
        return this;
    }

    private static boolean isDue(X509Certificate certificate, Duration before, Instant now) {
        return !now.isBefore(certificate.getNotAfter().toInstant().minus(before));
    }

    private static Set<String> names(X509Certificate certificate) {
        Set<String> names = new HashSet<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            for (List<?> alternative : alternatives == null ? new ArrayList<List<?>>() : alternatives) {
                names.add(String.valueOf(alternative.get(1)));
            }
        } catch (CertificateParsingException e) {
            return Set.of();
        }
        return names;
    }
}
