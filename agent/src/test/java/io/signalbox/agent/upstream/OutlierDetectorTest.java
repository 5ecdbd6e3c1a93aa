package io.signalbox.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.Endpoint;
import io.signalbox.agent.model.OutlierDetection;
import io.signalbox.agent.testkit.Snapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlierDetectorTest {
    private static final int BASE_MILLIS = 30_000;

    private long now;
    private List<Endpoint> endpoints = endpoints(10);

    private static List<Endpoint> endpoints(int count) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            endpoints.add(new Endpoint(Snapshots.address("10.0.0." + i), 80));
        }
        return endpoints;
    }

    private static OutlierDetection settings(int serverErrors, int gatewayErrors, boolean split, int maxPercent) {
        return new OutlierDetection(serverErrors, gatewayErrors, split, 5, 10_000, BASE_MILLIS, maxPercent, 0);
    }

    private OutlierDetector detector(OutlierDetection settings) {
        OutlierDetector detector = new OutlierDetector(settings, () -> now);
        detector.replace(settings, endpoints);
        return detector;
    }

    private EndpointHealth health(OutlierDetector detector, int index) {
        return detector.of(endpoints.get(index));
    }

    private void pass(int millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static void fail(EndpointHealth endpoint, String responses) {
        for (String response : responses.split(" ", -1)) {
            if (response.equals("local")) {
                endpoint.failed();
            } else {
                endpoint.responded(Integer.parseInt(response));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3, 0, false, 500 501 503, true",
        "3, 0, false, 500 501, false",
        "3, 0, false, 500 501 200 503, false",
        "3, 0, false, 500 404 500 500, false",
        "3, 0, false, 500 local local, true",
        "0, 0, false, 500 500 500 500 500 500 500, false",
        "0, 2, false, 502 504, true",
        "0, 2, false, 503 500 503, false",
        "0, 2, false, local local, true",
        "9, 2, false, 503 503, true",
        "3, 0, true, local local local local, false",
        "3, 0, true, local local local local local, true",
        "3, 0, true, local local 200 local local local, false",
        "3, 0, true, 500 local 500 500, true",
    })
    void ejectsOnTheNthErrorInARow(int serverErrors, int gatewayErrors, boolean split, String responses, boolean out) {
        EndpointHealth endpoint = health(detector(settings(serverErrors, gatewayErrors, split, 100)), 0);
        fail(endpoint, responses);
        assertThat(endpoint.ejected).isEqualTo(out);
    }

    // (ejected + 1) / all must not exceed the percentage.
    @ParameterizedTest
    @CsvSource({"10, 10, 1", "9, 10, 0", "10, 19, 1", "10, 20, 2", "3, 34, 1", "3, 33, 0", "4, 100, 4"})
    void ejectsNoMoreThanTheGreatestShare(int count, int maxPercent, int expected) {
        endpoints = endpoints(count);
        OutlierDetector detector = detector(settings(1, 0, false, maxPercent));
        for (int i = 0; i < count; i++) {
            fail(health(detector, i), "500");
        }
        assertThat(detector.ejected()).hasSize(expected);
        assertThat(detector.ejections()).isEqualTo(expected);
        assertThat(detector.refusals()).isEqualTo(count - expected);
    }

    @Test
    void returnsAtTheCheckAfterItsTime() {
        OutlierDetector detector = detector(settings(2, 0, false, 100));
        EndpointHealth endpoint = health(detector, 0);
        fail(endpoint, "500 500");
        pass(BASE_MILLIS - 1);
        detector.check();
        assertThat(endpoint.ejected).isTrue();
        pass(1);
        assertThat(endpoint.ejected).isTrue();
        detector.check();
        assertThat(endpoint.ejected).isFalse();
    }

    @Test
    void staysOutLongerEachTimeAndForgetsThatInGoodTimes() {
        OutlierDetector detector = detector(settings(1, 0, false, 100));
        EndpointHealth endpoint = health(detector, 0);
        for (int times = 1; times <= 3; times++) {
            fail(endpoint, "500");
            assertThat(detector.ejected())
                    .singleElement()
                    .satisfies(
                            out -> assertThat(out.millisLeft()).isEqualTo((long) BASE_MILLIS * endpoint.timesEjected));
            pass(BASE_MILLIS * times);
            detector.check();
        }
        assertThat(endpoint.timesEjected).isEqualTo(3);
        detector.check();
        detector.check();
        assertThat(endpoint.timesEjected).isEqualTo(1);
    }

    @Test
    void staysOutForFiveMinutesAtMost() {
        OutlierDetector detector = detector(settings(1, 0, false, 100));
        EndpointHealth endpoint = health(detector, 0);
        for (int times = 1; times <= 12; times++) {
            fail(endpoint, "500");
            pass(300_000);
            detector.check();
            assertThat(endpoint.ejected).isFalse();
        }
    }

    @Test
    void aReturnClearsTheCounts() {
        OutlierDetector detector = detector(settings(2, 0, false, 100));
        EndpointHealth endpoint = health(detector, 0);
        fail(endpoint, "500 500 500");
        pass(BASE_MILLIS);
        detector.check();
        fail(endpoint, "500");
        assertThat(endpoint.ejected).isFalse();
    }

    @Test
    void remembersEndpointsThatStayAndForgetsThoseThatLeave() {
        OutlierDetector detector = detector(settings(1, 0, false, 50));
        fail(health(detector, 0), "500");
        fail(health(detector, 1), "500");
        Endpoint gone = endpoints.get(1);
        List<Endpoint> staying = new ArrayList<>(endpoints);
        staying.remove(gone);
        detector.replace(settings(1, 0, false, 50), staying);
        assertThat(detector.ejected())
                .extracting(OutlierDetector.Ejected::endpoint)
                .containsExactly(endpoints.get(0));
        detector.replace(settings(1, 0, false, 50), endpoints);
        assertThat(detector.of(gone).ejected).isFalse();
    }

    @Test
    void tellsBalancersOfEveryChange() {
        OutlierDetector detector = detector(settings(1, 0, false, 100));
        int before = detector.version();
        fail(health(detector, 0), "500");
        int out = detector.version();
        pass(BASE_MILLIS);
        detector.check();
        assertThat(List.of(before, out, detector.version())).doesNotHaveDuplicates();
    }
}
