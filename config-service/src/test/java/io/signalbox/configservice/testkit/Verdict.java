package io.signalbox.configservice.testkit;

import io.signalbox.configservice.registry.Problem;
import io.signalbox.configservice.source.Declaration;
import io.signalbox.configservice.source.SourceUnit;
import io.signalbox.configservice.source.manifest.ManifestReader;
import io.signalbox.configservice.validate.Validated;
import io.signalbox.configservice.validate.Validator;
import java.util.ArrayList;
import java.util.List;

/**
 * What reading and validating YAML says, object by object.
 *
 * @param accepted number of objects that go into force
 * @param problems everything that was found
 */
public record Verdict(int accepted, List<Problem> problems) {
    /** The verdict on all objects of a text. */
    public static Verdict of(String yaml) {
        SourceUnit unit = new ManifestReader(1 << 22).read("test.yaml", yaml);
        List<Problem> problems = new ArrayList<>(unit.problems());
        int accepted = 0;
        for (Declaration declaration : unit.declarations()) {
            switch (declaration) {
                case Declaration.Malformed malformed -> problems.addAll(malformed.problems());
                case Declaration.Parsed parsed -> {
                    problems.addAll(parsed.warnings());
                    switch (new Validator().validate(parsed.declared().object())) {
                        case Validated.Refused refused -> problems.addAll(refused.problems());
                        case Validated.Accepted sound -> {
                            problems.addAll(sound.warnings());
                            accepted++;
                        }
                    }
                }
            }
        }
        return new Verdict(accepted, List.copyOf(problems));
    }

    /** The verdict on one object of Istio. */
    public static Verdict ofIstio(String kind, String spec) {
        return of("apiVersion: networking.istio.io/v1\nkind: " + kind
                + "\nmetadata: {name: it, namespace: shop}\nspec: " + spec + "\n");
    }

    /** The verdict on one object of the Gateway API. */
    public static Verdict ofGatewayApi(String kind, String spec) {
        return of("apiVersion: gateway.networking.k8s.io/v1\nkind: " + kind
                + "\nmetadata: {name: it, namespace: shop}\nspec: " + spec + "\n");
    }

    /** Field paths of the errors. */
    public List<String> errors() {
        return paths(Problem.Severity.ERROR);
    }

    /** Field paths of the warnings. */
    public List<String> warnings() {
        return paths(Problem.Severity.WARNING);
    }

    private List<String> paths(Problem.Severity severity) {
        return problems.stream()
                .filter(problem -> problem.severity() == severity)
                .map(Problem::path)
                .distinct()
                .toList();
    }
}
