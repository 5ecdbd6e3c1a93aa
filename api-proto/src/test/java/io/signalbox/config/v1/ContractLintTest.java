package io.signalbox.config.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the contract to the STANDARD lint rules of buf (buf.build/docs/lint/rules) and to its own rule on maps. */
class ContractLintTest {
    private static final String PACKAGE = "signalbox.config.v1";

    static Stream<FileDescriptor> files() {
        return Stream.of(
                ConfigServiceProto.getDescriptor(), SnapshotProto.getDescriptor(), WorkloadProto.getDescriptor());
    }

    static Stream<Descriptor> messages() {
        return files().flatMap(file -> file.getMessageTypes().stream()).flatMap(ContractLintTest::withNested);
    }

    private static Stream<Descriptor> withNested(Descriptor message) {
        return Stream.concat(
                Stream.of(message), message.getNestedTypes().stream().flatMap(ContractLintTest::withNested));
    }

    static Stream<EnumDescriptor> enums() {
        return Stream.concat(
                files().flatMap(file -> file.getEnumTypes().stream()),
                messages().flatMap(message -> message.getEnumTypes().stream()));
    }

    static Stream<ServiceDescriptor> services() {
        return files().flatMap(file -> file.getServices().stream());
    }

    @ParameterizedTest
    @MethodSource("files")
    void packageIsVersionedAndEqualsTheDirectory(FileDescriptor file) {
        assertThat(file.getPackage()).isEqualTo(PACKAGE).matches(".*\\.v[1-9][0-9]*");
        assertThat(file.getName()).matches(PACKAGE.replace('.', '/') + "/[a-z0-9_]+\\.proto");
        assertThat(file.getOptions().getJavaPackage()).isEqualTo("io." + PACKAGE);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void messagesArePascalCaseAndFieldsLowerSnakeCase(Descriptor message) {
        assertThat(message.getName()).matches("([A-Z][a-z0-9]*)+|L4[A-Za-z0-9]+");
        assertThat(message.getFields())
                .allSatisfy(field -> assertThat(field.getName()).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"));
    }

    @ParameterizedTest
    @MethodSource("enums")
    void enumValuesBearTheEnumsNameAndTheFirstIsUnspecified(EnumDescriptor type) {
        String prefix = type.getName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT) + "_";
        assertThat(type.getValues())
                .extracting(EnumValueDescriptor::getName)
                .allSatisfy(name -> assertThat(name).startsWith(prefix).matches("[A-Z][A-Z0-9_]*"));
        assertThat(type.getValues().get(0).getName()).isEqualTo(prefix + "UNSPECIFIED");
        assertThat(type.getValues().get(0).getNumber()).isZero();
    }

    @ParameterizedTest
    @MethodSource("services")
    void servicesEndInServiceAndEachRpcHasItsOwnRequestAndResponse(ServiceDescriptor service) {
        assertThat(service.getName()).endsWith("Service");
        for (MethodDescriptor rpc : service.getMethods()) {
            assertThat(rpc.getInputType().getName()).isEqualTo(rpc.getName() + "Request");
            assertThat(rpc.getOutputType().getName()).isEqualTo(rpc.getName() + "Response");
        }
    }

    /** Versions are hashes over serialized resources and workloads: maps have no order. */
    @ParameterizedTest
    @MethodSource("hashedMessages")
    void whatIsHashedHasNoMaps(Descriptor root) {
        Set<Descriptor> reached = new HashSet<>();
        reach(root, reached);
        assertThat(reached.stream().map(Descriptor::getFields).flatMap(List::stream))
                .noneMatch(FieldDescriptor::isMapField);
    }

    static Stream<Descriptor> hashedMessages() {
        return Stream.of(Resource.getDescriptor(), Workload.getDescriptor());
    }

    private static void reach(Descriptor message, Set<Descriptor> reached) {
        if (reached.add(message)) {
            message.getFields().stream()
                    .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                    .forEach(field -> reach(field.getMessageType(), reached));
        }
    }
}
