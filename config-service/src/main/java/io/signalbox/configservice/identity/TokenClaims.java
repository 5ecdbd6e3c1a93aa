package io.signalbox.configservice.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.signalbox.configservice.identity.AgentIdentity.Validity;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * When a token counts, as it says itself: a TokenReview does not tell. Nobody has verified it; it only ever makes a
 * token count for a shorter time.
 */
final class TokenClaims {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int JWT_PARTS = 3;

    private TokenClaims() {}

    /** Empty when the token is no JWT, or one without an end. */
    static Optional<Validity> validity(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != JWT_PARTS) {
            return Optional.empty();
        }
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            JsonNode until = claims.path("exp");
            JsonNode from = claims.path("iat");
            return until.isNumber() && from.isNumber()
                    ? Optional.of(
                            new Validity(Instant.ofEpochSecond(from.asLong()), Instant.ofEpochSecond(until.asLong())))
                    : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
