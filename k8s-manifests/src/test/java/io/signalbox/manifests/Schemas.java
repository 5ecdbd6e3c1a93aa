package io.signalbox.manifests;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/**
 * Kubernetes' schemas, as its Java client has them: classes generated from the API server's OpenAPI document, which
 * know their fields, the types of these, and which are required.
 */
final class Schemas {
    private static final String MODELS = "io.kubernetes.client.openapi.models.";

    private Schemas() {}

    /**
     * Checks an object.
     *
     * @throws IOException when it has a field that its kind has not, lacks one that is required, or has one of another
     *     type
     */
    static void check(Manifest object) throws IOException {
        Class<?> model = model(object);
        JsonElement json = JsonParser.parseString(object.root().toString());
        try {
            model.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
            // Also what is no object there: quantities, and ports that are numbers or names.
            model.getMethod("fromJson", String.class).invoke(null, json.toString());
        } catch (InvocationTargetException e) {
            throw new IOException(object + ": " + e.getTargetException().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(model + " is no generated model", e);
        }
    }

    /** Whether there is a schema: there is none of other projects' kinds. */
    static boolean know(Manifest object) {
        return !object.apiVersion().startsWith("monitoring.coreos.com/");
    }

    private static Class<?> model(Manifest object) throws IOException {
        String version = object.apiVersion().substring(object.apiVersion().indexOf('/') + 1);
        String prefix = Character.toUpperCase(version.charAt(0)) + version.substring(1);
        try {
            return Class.forName(MODELS + prefix + object.kind());
        } catch (ClassNotFoundException e) {
            throw new IOException(object + ": no such kind in " + object.apiVersion(), e);
        }
    }
}
