package io.signalbox.configservice.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8",
        "10.1.2.3/32, 10.1.2.3",
        "10.1.2.3, 10.1.2.3",
        "255.255.255.255/0, 0.0.0.0/0",
        "fd00:1:2:3:4:5:6:7/64, fd00:1:2:3::/64",
        "fd00:1:2:3:ffff::/65, fd00:1:2:3:8000::/65",
        "fd00::1/128, fd00::1",
        "ffff::/0, ::/0",
    })
    void readsARangeAndClearsTheRest(String text, String canonical) {
        assertThat(Cidr.parse(text)).map(Cidr::toString).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "fd00::/129",
                "a/8",
                "10.0.0.0/8/8"
            })
    void readsNothingElse(String text) {
        assertThat(Cidr.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "0.0.0.0/0, 1.2.3.4, true",
        "0.0.0.0/0, fd00::1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
    })
    void containsTheAddressesOfItsFamilyWithItsPrefix(String range, String address, boolean contained) {
        assertThat(Cidr.parse(range)
                        .orElseThrow()
                        .contains(IpAddress.parse(address).orElseThrow()))
                .isEqualTo(contained);
    }
}
