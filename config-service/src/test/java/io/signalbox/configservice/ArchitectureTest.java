package io.signalbox.configservice;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** The import rules of the packages; each package-info says why. */
@AnalyzeClasses(packages = "io.signalbox.configservice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.signalbox.configservice";

    @ArchTest
    static final ArchRule pureImportsNothingThatDoesIo = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".registry..", ROOT + ".validate..", ROOT + ".compile..", ROOT + ".snapshot..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.helidon..",
                    "io.grpc..",
                    "io.netty..",
                    "com.fasterxml..",
                    "io.micrometer..",
                    "java.io..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.util.concurrent..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule whatIsDeclaredKnowsNothingOfTheContract = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".registry..", ROOT + ".validate..", ROOT + ".source..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.protobuf..", "io.signalbox.config.v1..");

    @ArchTest
    static final ArchRule theCompilerIsLayered = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(ROOT + ".compile..")
            .layer("hosts")
            .definedBy(ROOT + ".compile.hosts..")
            .layer("callers")
            .definedBy(ROOT + ".compile.callers..")
            .layer("services")
            .definedBy(ROOT + ".compile.services..")
            .layer("policy")
            .definedBy(ROOT + ".compile.policy..")
            .layer("backends")
            .definedBy(ROOT + ".compile.backends..")
            .layer("rules")
            .definedBy(ROOT + ".compile.rules..")
            .layer("gateway")
            .definedBy(ROOT + ".compile.gateway..")
            .layer("port")
            .definedBy(ROOT + ".compile.port..")
            .layer("http")
            .definedBy(ROOT + ".compile.http..")
            .layer("l4")
            .definedBy(ROOT + ".compile.l4..")
            .layer("review")
            .definedBy(ROOT + ".compile.review..")
            .layer("compile")
            .definedBy(ROOT + ".compile")
            .whereLayer("compile")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("review")
            .mayOnlyBeAccessedByLayers("compile")
            .whereLayer("l4")
            .mayOnlyBeAccessedByLayers("compile")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("l4", "compile")
            .whereLayer("port")
            .mayOnlyBeAccessedByLayers("http", "l4", "review", "compile")
            .whereLayer("gateway")
            .mayOnlyBeAccessedByLayers("port", "review", "compile")
            .whereLayer("rules")
            .mayOnlyBeAccessedByLayers("gateway", "port", "http", "l4", "review", "compile")
            .whereLayer("backends")
            .mayOnlyBeAccessedByLayers("rules", "gateway", "port", "http", "l4", "review", "compile")
            .whereLayer("policy")
            .mayOnlyBeAccessedByLayers("backends", "rules", "gateway", "port", "http", "l4", "review", "compile");

    @ArchTest
    static final ArchRule registryImportsNothingOfOurs = onlyImports("registry");

    @ArchTest
    static final ArchRule snapshotImportsRegistry = onlyImports("snapshot", "registry");

    @ArchTest
    static final ArchRule validateImportsRegistry = onlyImports("validate", "registry");

    @ArchTest
    static final ArchRule compileImportsRegistryAndSnapshot = onlyImports("compile", "registry", "snapshot");

    @ArchTest
    static final ArchRule sourceImportsRegistry = onlyImports("source", "registry", "kubernetes");

    @ArchTest
    static final ArchRule wireImportsSnapshot = onlyImports("wire", "registry", "snapshot");

    @ArchTest
    static final ArchRule publishImportsWire = onlyImports("publish", "registry", "snapshot", "wire", "identity");

    @ArchTest
    static final ArchRule pipelineImportsUpToWire =
            onlyImports("pipeline", "registry", "source", "validate", "compile", "snapshot", "wire");

    @ArchTest
    static final ArchRule explainImportsUpToPublish =
            onlyImports("explain", "registry", "source", "compile", "snapshot", "wire", "pipeline", "publish");

    @ArchTest
    static final ArchRule identityImportsKubernetes = onlyImports("identity", "kubernetes");

    @ArchTest
    static final ArchRule tlsImportsNothingOfOurs = onlyImports("tls");

    @ArchTest
    static final ArchRule diffImportsRegistry = onlyImports("diff", "registry");

    @ArchTest
    static final ArchRule telemetryIsImportedByTheRootAlone = classes()
            .that()
            .resideInAPackage(ROOT + ".telemetry..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage(ROOT, ROOT + ".telemetry..");

    @ArchTest
    static final ArchRule kubernetesImportsNothingOfOurs = onlyImports("kubernetes");

    @ArchTest
    static final ArchRule theKubernetesClientIsForKubernetesModeAlone = noClasses()
            .that()
            .resideOutsideOfPackages(
                    ROOT + ".kubernetes..",
                    ROOT + ".source.kubernetes..",
                    ROOT + ".status..",
                    ROOT + ".identity.kubernetes..",
                    ROOT + ".tls.kubernetes..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".Cluster")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8..");

    @ArchTest
    static final ArchRule noCycles = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noClocksButThoseThatArePassedIn = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, ROOT + ".publish..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule neverTheAgent =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.signalbox.agent..");

    private static ArchRule onlyImports(String from, String... allowed) {
        String[] packages = new String[allowed.length + 1];
        packages[0] = ROOT + "." + from + "..";
        for (int i = 0; i < allowed.length; i++) {
            packages[i + 1] = ROOT + "." + allowed[i] + "..";
        }
        return classes()
                .that()
                .resideInAPackage(packages[0])
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + "..")).or(resideInAnyPackage(packages)));
    }
}
