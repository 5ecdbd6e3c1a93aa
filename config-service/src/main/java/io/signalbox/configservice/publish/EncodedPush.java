package io.signalbox.configservice.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.signalbox.config.v1.Push;
import io.signalbox.config.v1.PushPart;
import io.signalbox.config.v1.StreamConfigResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A push: what is the agent's own, and updates of ports that it may share with others. Behind each other they are one
 * message: protobuf takes fields in any order.
 */
final class EncodedPush {
    /**
     * Content of one response; a larger push goes in parts. The transport keeps for every stream a buffer of the
     * largest message that it ever sent.
     */
    static final int MAX_CONTENT_BYTES = 32 * 1024;

    private final List<ByteString> pieces = new ArrayList<>();
    private int size;

    /**
     * A push of these.
     *
     * @param own all fields but the updates
     * @param updates serialized {@code PortUpdate}s
     */
    EncodedPush(Push own, List<ByteString> updates) {
        add(own.toByteString());
        for (ByteString update : updates) {
            add(head(Push.PORT_UPDATES_FIELD_NUMBER, update.size()));
            add(update);
        }
    }

    private void add(ByteString piece) {
        pieces.add(piece);
        size += piece.size();
    }

    /** Bytes of the push. */
    int size() {
        return size;
    }

    /** What is to be sent, in order. */
    List<Response> responses() {
        if (size <= MAX_CONTENT_BYTES) {
            List<ByteString> whole = new ArrayList<>(1 + pieces.size());
            whole.add(head(StreamConfigResponse.PUSH_FIELD_NUMBER, size));
            whole.addAll(pieces);
            return List.of(new Response(whole));
        }
        List<Response> responses = new ArrayList<>();
        List<ByteString> content = new ArrayList<>();
        int bytes = 0;
        int left = size;
        for (ByteString piece : pieces) {
            int at = 0;
            while (at < piece.size()) {
                int now = Math.min(piece.size() - at, MAX_CONTENT_BYTES - bytes);
                content.add(piece.substring(at, at + now));
                at += now;
                bytes += now;
                left -= now;
                if (bytes == MAX_CONTENT_BYTES || left == 0) {
                    responses.add(part(content, bytes, left == 0));
                    content.clear();
                    bytes = 0;
                }
            }
        }
        return responses;
    }

    private static Response part(List<ByteString> content, int bytes, boolean last) {
        ByteString contentHead = head(PushPart.CONTENT_FIELD_NUMBER, bytes);
        ByteString tail = last ? PushPart.newBuilder().setLast(true).build().toByteString() : ByteString.EMPTY;
        List<ByteString> pieces = new ArrayList<>(3 + content.size());
        pieces.add(head(StreamConfigResponse.PUSH_PART_FIELD_NUMBER, contentHead.size() + bytes + tail.size()));
        pieces.add(contentHead);
        pieces.addAll(content);
        pieces.add(tail);
        return new Response(pieces);
    }

    /** What stands before a field of that many bytes. */
    private static ByteString head(int number, int length) {
        try {
            ByteString.Output bytes = ByteString.newOutput(CodedOutputStream.computeUInt32Size(number, length));
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
            out.flush();
            return bytes.toByteString();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
    }
}
