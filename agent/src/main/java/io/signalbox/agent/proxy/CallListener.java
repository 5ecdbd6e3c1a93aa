package io.signalbox.agent.proxy;

import io.netty.buffer.ByteBuf;
import io.signalbox.agent.policy.AttemptFailure;
import io.signalbox.agent.policy.LocalReply;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link UpstreamCall} tells. Heads are well-formed and valid during the call of the method. After
 * {@link #end}, a {@link #response} that ends, {@link #failed} and {@link #refused} nothing follows; but a tunnel whose
 * endpoint has ended may still fail.
 */
public interface CallListener {
    /** The head of the request has been sent: what follows may come. */
    void opened();

    /** {@link UpstreamCall#isWritable} says something else than before. */
    void writabilityChanged();

    /** An interim response. */
    void interim(HeaderBlock head);

    /**
     * The head of the response.
     *
     * @param end whether nothing follows
     */
    void response(HeaderBlock head, boolean end);

    /** Bytes of the response's body: to be read, ownership stays where it is. */
    void data(ByteBuf in, int length);

    /**
     * The response is complete.
     *
     * @param trailers null when there are none
     */
    void end(@Nullable HeaderBlock trailers);

    /** Whether more of the response's body may come. What comes all the same is to be kept. */
    boolean isWritable();

    /**
     * There is no response, or no more of it.
     *
     * @param reply for a caller who gets no other attempt
     */
    void failed(AttemptFailure failure, LocalReply reply, Resend resend);

    /** The request cannot go out, and would not elsewhere: a limit is reached, or it is not a request. */
    void refused(LocalReply reply);
}
