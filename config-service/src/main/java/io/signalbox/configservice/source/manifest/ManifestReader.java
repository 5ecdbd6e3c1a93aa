package io.signalbox.configservice.source.manifest;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.signalbox.configservice.registry.Declared;
import io.signalbox.configservice.registry.ObjectMeta;
import io.signalbox.configservice.registry.ObjectRef;
import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.registry.Provenance;
import io.signalbox.configservice.registry.RegistryObject;
import io.signalbox.configservice.source.Declaration;
import io.signalbox.configservice.source.SourceUnit;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads Kubernetes manifests: several documents in a text, {@code List} kinds, one declaration per object. A broken
 * document or object costs only itself. Stateless: usable on any thread.
 */
public final class ManifestReader {
    /** Deepest nesting of a document. */
    static final int MAX_DEPTH = 100;

    /** Most YAML aliases of collections in a document, so that a small text cannot expand without end. */
    static final int MAX_ALIASES = 50;

    /** Longest line. The time that a comment or a text without a space takes grows with the square of its length. */
    static final int MAX_LINE_CHARS = 1024 * 1024;

    private static final ObjectRef UNNAMED = new ObjectRef("", "", "");

    private final ObjectMapper yaml;

    /**
     * A reader.
     *
     * @param maxChars longest document; a longer one is broken
     */
    public ManifestReader(int maxChars) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(maxChars);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setAllowDuplicateKeys(false);
        yaml = YAMLMapper.builder(YAMLFactory.builder().loaderOptions(options).build())
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
    }

    /**
     * Reads all documents of a text.
     *
     * @param unit name of the source unit, for provenance
     */
    public SourceUnit read(String unit, String text) {
        UnitReading reading = new UnitReading();
        for (YamlDocuments.Document document : YamlDocuments.split(text)) {
            Provenance provenance = new Provenance(unit, document.index(), 0);
            if (document.longestLine() > MAX_LINE_CHARS) {
                reading.broken(
                        provenance,
                        UNNAMED,
                        "",
                        "has a line of " + document.longestLine() + " characters (expected: at most " + MAX_LINE_CHARS
                                + ")");
                continue;
            }
            try {
                JsonNode root = yaml.readTree(document.text());
                if (!root.isMissingNode() && !root.isNull()) {
                    readDocument(root, provenance, reading);
                }
            } catch (JsonProcessingException e) {
                reading.broken(provenance, UNNAMED, "", describe(e, document.firstLine()));
            }
        }
        return new SourceUnit(unit, reading.declarations, reading.problems, reading.complete);
    }

    /** Every kind that is read. */
    public static Collection<ResourceKind> kinds() {
        return Kinds.all();
    }

    /**
     * Reads one object as an API server hands it out.
     *
     * @param unit name of the source unit, for provenance
     * @param kind its kind; items of lists do not always name it
     * @param apiVersion likewise
     */
    public static SourceUnit readObject(String unit, JsonNode object, String kind, String apiVersion) {
        UnitReading reading = new UnitReading();
        readObject(object, kind, apiVersion, new Provenance(unit, 0, 0), reading);
        return new SourceUnit(unit, reading.declarations, reading.problems, reading.complete);
    }

    private static String describe(JsonProcessingException e, int firstLine) {
        JsonLocation location = e.getLocation();
        String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        return location == null
                ? "is no YAML: " + reason
                : "is no YAML at line " + (firstLine + location.getLineNr() - 1) + ", column " + location.getColumnNr()
                        + ": " + reason;
    }

    private static void readDocument(JsonNode root, Provenance provenance, UnitReading reading) {
        if (!root.isObject()) {
            reading.broken(provenance, UNNAMED, "", "is no object (expected: apiVersion, kind, metadata)");
            return;
        }
        String kind = root.path("kind").asText("");
        if (!kind.endsWith("List") || !root.path("items").isArray()) {
            readObject(root, kind, root.path("apiVersion").asText(""), provenance, reading);
            return;
        }
        String itemKind = kind.substring(0, kind.length() - "List".length());
        int index = 0;
        for (JsonNode item : root.path("items")) {
            readObject(
                    item,
                    item.path("kind").asText(itemKind),
                    item.path("apiVersion")
                            .asText(
                                    itemKind.isEmpty()
                                            ? ""
                                            : root.path("apiVersion").asText("")),
                    new Provenance(provenance.unit(), provenance.document(), index),
                    reading);
            index++;
        }
    }

    private static void readObject(
            JsonNode root, String kind, String apiVersion, Provenance provenance, UnitReading reading) {
        Notes notes = new Notes();
        Fields fields = new Fields(root, "", notes);
        Fields metadata = fields.object("metadata");
        String name = metadata.text("name");
        ObjectRef ref = new ObjectRef(kind, namespace(kind, metadata), name);
        if (kind.isEmpty() || apiVersion.isEmpty()) {
            reading.broken(provenance, ref, kind.isEmpty() ? "kind" : "apiVersion", "is missing");
            return;
        }
        ResourceKind resource = Kinds.find(kind);
        if (resource == null || !resource.group().equals(group(apiVersion))) {
            reading.problems.add(new Problem(
                    Problem.Severity.WARNING, provenance, ref, "kind", kind + " of " + apiVersion + " is not read"));
            return;
        }
        if (name.isEmpty()) {
            reading.broken(provenance, ref, "metadata.name", kind + " has no name");
            return;
        }
        if (!resource.apiVersions().contains(apiVersion)) {
            fields.error(
                    "apiVersion", apiVersion + " (expected: one of " + String.join(", ", resource.apiVersions()) + ")");
        }
        ObjectMeta meta = new ObjectMeta(
                ref.namespace(),
                name,
                metadata.text("uid"),
                metadata.textMap("labels"),
                creationTimestamp(metadata),
                metadata.unsigned("generation", 0));
        RegistryObject object = Kinds.read(kind, meta, fields);
        List<Problem> warnings = problems(notes.warnings(), Problem.Severity.WARNING, provenance, ref);
        if (notes.errors().isEmpty()) {
            reading.declarations.add(new Declaration.Parsed(new Declared(object, provenance), warnings));
        } else {
            List<Problem> problems = new ArrayList<>(problems(notes.errors(), Problem.Severity.ERROR, provenance, ref));
            problems.addAll(warnings);
            reading.declarations.add(new Declaration.Malformed(ref, provenance, meta.generation(), problems));
        }
    }

    private static String namespace(String kind, Fields metadata) {
        String namespace = Kinds.isClusterScoped(kind) ? "" : metadata.text("namespace");
        return namespace.isEmpty() && !Kinds.isClusterScoped(kind) ? "default" : namespace;
    }

    private static Instant creationTimestamp(Fields metadata) {
        String text = metadata.text("creationTimestamp");
        if (text.isEmpty()) {
            return Instant.MAX;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            metadata.error(
                    metadata.path("creationTimestamp"), text + " is no time (expected: such as 2026-01-31T12:00:00Z)");
            return Instant.MAX;
        }
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    private static List<Problem> problems(
            List<Notes.Note> notes, Problem.Severity severity, Provenance provenance, ObjectRef ref) {
        return notes.stream()
                .map(note -> new Problem(severity, provenance, ref, note.path(), note.message()))
                .toList();
    }

    /** What is gathered while a unit is read. */
    private static final class UnitReading {
        private final List<Declaration> declarations = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();
        private boolean complete = true;

        /** Notes something that may have been an object, so that what is absent may not be gone. */
        private void broken(Provenance provenance, ObjectRef object, String path, String message) {
            problems.add(new Problem(Problem.Severity.ERROR, provenance, object, path, message));
            complete = false;
        }
    }
}
