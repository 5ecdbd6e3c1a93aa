package io.signalbox.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may import what; the reasons stand in each package's package-info. */
@AnalyzeClasses(packages = "io.signalbox.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.signalbox.agent";

    @ArchTest
    static final ArchRule MODEL_IS_PURE = classes()
            .that()
            .resideInAPackage(ROOT + ".model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".model..", "java.lang..", "java.util", "java.net", "com.google.re2j..", "org.jspecify..");

    @ArchTest
    static final ArchRule DECISIONS_ARE_PURE = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".routing..", ROOT + ".policy..", ROOT + ".balance..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.netty..",
                    "io.grpc..",
                    "com.google.protobuf..",
                    "io.opentelemetry..",
                    "io.helidon..",
                    "java.io..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.util.concurrent..",
                    "java.time..");

    @ArchTest
    static final ArchRule PURE_CODE_READS_NO_CLOCK = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".model..", ROOT + ".routing..", ROOT + ".policy..", ROOT + ".balance..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule ONLY_CONFIG_AND_EXPLAIN_SEE_THE_CONTRACT = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".config..", ROOT + ".explain..", ROOT + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.signalbox.config..", "com.google.protobuf..");

    @ArchTest
    static final ArchRule ONLY_CONFIG_SPEAKS_GRPC = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..");

    @ArchTest
    static final ArchRule EXPLAIN_HAS_NO_PART_IN_TRAFFIC = noClasses()
            .that()
            .resideInAPackage(ROOT + ".explain..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".apply..", ROOT + ".capture..", ROOT + ".proxy..", ROOT + ".upstream..", "io.netty..");

    @ArchTest
    static final ArchRule ONLY_TELEMETRY_SEES_OPENTELEMETRY = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".telemetry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry..", "io.prometheus..");

    @ArchTest
    static final ArchRule ONLY_THE_ROOT_SEES_TELEMETRY_AND_ADMIN = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, ROOT + ".telemetry..", ROOT + ".admin..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT, ROOT + ".telemetry..", ROOT + ".admin..");

    @ArchTest
    static final ArchRule THE_CONTROL_SIDE_IS_APART_FROM_THE_DATAPLANE = noClasses()
            .that()
            .resideInAPackage(ROOT + ".config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".apply..",
                    ROOT + ".capture..",
                    ROOT + ".proxy..",
                    ROOT + ".upstream..",
                    ROOT + ".explain..",
                    ROOT + ".routing..");

    @ArchTest
    static final ArchRule THE_AGENT_NEVER_SEES_THE_CONFIG_SERVICE =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.signalbox.configservice..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();
}
