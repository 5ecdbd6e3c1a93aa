package io.signalbox.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.signalbox.agent.model.PathMatch;
import io.signalbox.agent.model.RouteAction.Redirect;
import io.signalbox.agent.model.RouteAction.RedirectPath;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectsTest {
    @ParameterizedTest(name = "{0} {1} {2} {3} at {4} = {5}")
    @CsvSource({
        // authority, scheme, port, derive, Host, location
        ", , 0, false, shop, http://shop/a?q",
        ", , 0, false, shop:9999, http://shop:9999/a?q",
        "other, , 0, false, shop:9999, http://other/a?q",
        ", https, 8443, false, shop, https://shop:8443/a?q",
        ", https, 8443, false, shop:80, https://shop:8443/a?q",
        ", https, 0, false, shop:80, https://shop/a?q",
        ", https, 0, false, shop:81, https://shop:81/a?q",
        ", https, 443, false, shop:80, https://shop/a?q",
        ", , 80, false, shop:81, http://shop:81/a?q",
        ", , 0, true, shop, http://shop:8080/a?q",
        "m.shop, , 0, true, shop, http://m.shop:8080/a?q",
        ", , 81, false, '[fd00::1]:80', http://[fd00::1]:81/a?q",
        ", https, 0, false, '[fd00::1]:80', https://[fd00::1]/a?q",
        ", https, 0, false, '[fd00::1]', https://[fd00::1]/a?q"
    })
    void writesSchemeHostAndPort(
            @Nullable String authority,
            @Nullable String scheme,
            int port,
            boolean derive,
            String host,
            String location) {
        Redirect redirect = new Redirect(301, null, authority, scheme, port, derive);
        assertThat(Redirects.location(redirect, null, "http", host, "/a?q", 8080))
                .isEqualTo(location);
    }

    @Test
    void doesNotWriteTheDefaultPortThatWasDialled() {
        Redirect redirect = new Redirect(301, null, "m.shop", null, 0, true);
        assertThat(Redirects.location(redirect, null, "http", "shop", "/a", 80)).isEqualTo("http://m.shop/a");
    }

    @Test
    void replacesThePath() {
        assertThat(location(new RedirectPath.Full("/new"), "/old?from=mail")).isEqualTo("http://h/new?from=mail");
        assertThat(location(new RedirectPath.Full("/new?a=b"), "/old?from=mail"))
                .isEqualTo("http://h/new?a=b");
        assertThat(location(new RedirectPath.Prefix("/manual/"), "/docs/a/b?p=2"))
                .isEqualTo("http://h/manual/a/b?p=2");
    }

    private static String location(RedirectPath change, String path) {
        Redirect redirect = new Redirect(301, change, null, null, 0, false);
        return Redirects.location(redirect, new PathMatch.Prefix("/docs/", false), "http", "h", path, 80);
    }
}
