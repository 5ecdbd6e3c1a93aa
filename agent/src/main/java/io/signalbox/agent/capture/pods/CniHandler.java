package io.signalbox.agent.capture.pods;

import io.signalbox.agent.capture.rules.FailureMode;
import io.signalbox.agent.model.NodeWorkloads;
import io.signalbox.agent.model.Workload;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the CNI plugin: an ADD when the new pod is captured, or by its failure mode when it cannot be. Confined to
 * one thread.
 */
final class CniHandler {
    /** Codes of the CNI specification, section 5; from 100 on they are the plugin's own. */
    private static final int INVALID_ENVIRONMENT = 4;

    private static final int TRY_AGAIN_LATER = 11;
    private static final int NOT_CAPTURED = 100;
    private static final Logger LOG = LoggerFactory.getLogger(CniHandler.class);

    private final PodNamespaces namespaces;
    private final PodStats stats;

    CniHandler(PodNamespaces namespaces, PodStats stats) {
        this.namespaces = namespaces;
        this.stats = stats;
    }

    CniAnswer answer(CniRequest request, NodeWorkloads workloads) {
        CniAnswer answer = switch (request.command()) {
            case "ADD" -> add(request, workloads);
            case "DEL" -> {
                namespaces.sandboxEnds(request.containerId());
                yield request.done();
            }
            case "CHECK" -> check(request);
            case "STATUS" -> request.done();
            default ->
                request.failed(
                        INVALID_ENVIRONMENT,
                        "CNI_COMMAND: " + request.command(),
                        "expected: ADD, DEL, CHECK or STATUS");
        };
        (answer.exitCode() == 0 ? stats.cniRequests : stats.cniErrors).increment();
        return answer;
    }

    private CniAnswer add(CniRequest request, NodeWorkloads workloads) {
        String uid = uid(request, workloads);
        String problem;
        try {
            problem = namespaces
                    .sandboxMade(request.containerId(), Path.of(request.netns()), uid, workloads)
                    .problem();
        } catch (IOException e) {
            problem = e.toString();
        }
        if (problem.isEmpty()) {
            return request.done();
        }
        if (namespaces.wantedFor(uid, workloads) == FailureMode.CLOSED) {
            return request.failed(TRY_AGAIN_LATER, "the pod cannot be captured", problem);
        }
        LOG.warn(
                "a pod starts without being captured: pod={}/{} uid={} reason={}",
                request.podNamespace(),
                request.podName(),
                uid,
                problem);
        return request.done();
    }

    /** Some runtimes tell the name only. */
    private static String uid(CniRequest request, NodeWorkloads workloads) {
        return request.podUid().isEmpty()
                ? workloads.workloads().stream()
                        .filter(workload -> workload.namespace().equals(request.podNamespace())
                                && workload.name().equals(request.podName()))
                        .map(Workload::uid)
                        .findFirst()
                        .orElse("")
                : request.podUid();
    }

    private CniAnswer check(CniRequest request) {
        try {
            PodNamespace pod = namespaces.at(Path.of(request.netns()));
            return pod != null && pod.isSettled()
                    ? request.done()
                    : request.failed(NOT_CAPTURED, "the pod is not captured", pod == null ? "unknown" : pod.problem());
        } catch (NoSuchFileException e) {
            return request.failed(
                    INVALID_ENVIRONMENT, "CNI_NETNS: " + request.netns(), "expected: a network namespace");
        } catch (IOException e) {
            return request.failed(NOT_CAPTURED, "the pod is not captured", e.toString());
        }
    }
}
