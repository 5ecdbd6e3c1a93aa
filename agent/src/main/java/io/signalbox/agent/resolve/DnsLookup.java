package io.signalbox.agent.resolve;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.signalbox.agent.socket.SocketMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * DNS over UDP, and over TCP where an answer is too long. Names are absolute: search domains do not count. What the
 * hosts file says comes first. Nothing is cached here.
 */
public final class DnsLookup implements NameLookup, AutoCloseable {
    private static final long QUERY_TIMEOUT_MILLIS = 2000;

    /** For answers of the hosts file, which have no time to live. */
    private static final long HOSTS_FILE_TTL_SECONDS = 30;

    private final EventLoop loop;
    private final DnsNameResolver resolver;
    private final TimesToLive timesToLive = new TimesToLive();

    /**
     * @param loop on which questions are asked and answered
     * @param servers asked in this order; empty: those of {@code /etc/resolv.conf}
     * @param socketMark SO_MARK of the sockets; 0: none
     */
    public DnsLookup(EventLoop loop, List<InetSocketAddress> servers, int socketMark) {
        this.loop = loop;
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop)
                .datagramChannelFactory(() -> marked(new EpollDatagramChannel(), socketMark))
                .socketChannelFactory(() -> marked(new EpollSocketChannel(), socketMark))
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .completeOncePreferredResolved(false)
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .searchDomains(List.of())
                .ndots(1)
                .resolveCache(timesToLive)
                .cnameCache(NoopDnsCnameCache.INSTANCE);
        if (!servers.isEmpty()) {
            builder.nameServerProvider(
                    new SequentialDnsServerAddressStreamProvider(servers.toArray(InetSocketAddress[]::new)));
        }
        this.resolver = builder.build();
    }

    private static <C extends Channel> C marked(C channel, int socketMark) {
        if (socketMark != 0) {
            channel.config().setOption(SocketMark.OPTION, socketMark);
        }
        return channel;
    }

    @Override
    public CompletionStage<Answer> lookup(String name) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        loop.execute(() -> resolver.resolveAll(name).addListener((Future<List<InetAddress>> done) -> {
            long seconds = timesToLive.take(name);
            if (done.isSuccess()) {
                answer.complete(new Answer(done.getNow(), seconds * 1000));
            } else {
                answer.completeExceptionally(done.cause());
            }
        }));
        return answer;
    }

    @Override
    public void close() {
        resolver.close();
    }

    /** Instead of caching answers, notes how long they count. Confined to the loop. */
    private static final class TimesToLive implements DnsCache {
        private final Map<String, Long> seconds = new HashMap<>();

        private static String key(String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        }

        long take(String name) {
            Long noted = seconds.remove(key(name));
            return noted == null ? HOSTS_FILE_TTL_SECONDS : noted;
        }

        @Override
        public DnsCacheEntry cache(
                String name, DnsRecord[] additionals, InetAddress address, long ttlSeconds, EventLoop on) {
            seconds.merge(key(name), ttlSeconds, Math::min);
            return NoopDnsCache.INSTANCE.cache(name, additionals, address, ttlSeconds, on);
        }

        @Override
        public DnsCacheEntry cache(String name, DnsRecord[] additionals, Throwable cause, EventLoop on) {
            return NoopDnsCache.INSTANCE.cache(name, additionals, cause, on);
        }

        @Override
        public @Nullable List<? extends DnsCacheEntry> get(String name, DnsRecord[] additionals) {
            return null;
        }

        @Override
        public void clear() {
            seconds.clear();
        }

        @Override
        public boolean clear(String name) {
            return seconds.remove(key(name)) != null;
        }
    }
}
