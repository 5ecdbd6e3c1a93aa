package io.signalbox.configservice.publish;

import com.google.protobuf.ByteString;
import io.grpc.KnownLength;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

/**
 * The bytes of some pieces, one behind the other. Gives as many as are asked for in one read: the transport asks once.
 */
final class PiecesStream extends InputStream implements KnownLength {
    private final Iterator<ByteString> rest;
    private ByteString piece = ByteString.EMPTY;
    private int at;
    private int left;

    PiecesStream(List<ByteString> pieces, int size) {
        rest = pieces.iterator();
        left = size;
    }

    @Override
    public int available() {
        return left;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (left == 0 && length > 0) {
            return -1;
        }
        int wanted = Math.min(length, left);
        int done = 0;
        while (done < wanted) {
            if (at == piece.size()) {
                piece = rest.next();
                at = 0;
            }
            int now = Math.min(piece.size() - at, wanted - done);
            piece.substring(at, at + now).copyTo(ByteBuffer.wrap(target, offset + done, now));
            at += now;
            done += now;
        }
        left -= done;
        return done;
    }
}
