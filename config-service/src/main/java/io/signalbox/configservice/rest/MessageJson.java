package io.signalbox.configservice.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.signalbox.configservice.registry.IpAddress;
import java.util.Base64;

/** Messages of the contract as JSON, with the names of their fields, and addresses as text. */
final class MessageJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().preservingProtoFieldNames();

    private MessageJson() {}

    static JsonNode of(Message message) {
        try {
            JsonNode json = MAPPER.readTree(PRINTER.print(message));
            addressesAsText(json);
            return json;
        } catch (InvalidProtocolBufferException | JsonProcessingException e) {
            throw new IllegalStateException("messages of the contract can be written", e);
        }
    }

    private static void addressesAsText(JsonNode json) {
        if (json instanceof ObjectNode object) {
            JsonNode address = object.get("address");
            if (address != null) {
                object.put("address", text(address));
            }
            if (object.get("addresses") instanceof ArrayNode addresses) {
                for (int i = 0; i < addresses.size(); i++) {
                    addresses.set(i, text(addresses.get(i)));
                }
            }
        }
        json.forEach(MessageJson::addressesAsText);
    }

    private static String text(JsonNode base64) {
        return IpAddress.of(Base64.getDecoder().decode(base64.asText())).toString();
    }
}
