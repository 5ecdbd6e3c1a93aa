package io.signalbox.configservice.tls;

import java.io.IOException;
import java.util.function.Consumer;

/** Where the certificate of the agents' port comes from. */
public interface CertificateSource extends AutoCloseable {
    /**
     * The certificate to begin with. To be called once, first.
     *
     * @throws IOException when there is none that can be used; the message says why
     */
    ServingCertificate load() throws IOException;

    /** Begins to tell of every new certificate, on a thread of the source. To be called once. */
    void watch(Consumer<ServingCertificate> changed);

    /** Tells of no more. */
    @Override
    void close();
}
