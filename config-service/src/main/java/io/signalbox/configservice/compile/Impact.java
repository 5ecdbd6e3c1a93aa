package io.signalbox.configservice.compile;

import io.signalbox.configservice.compile.hosts.Hosts;
import io.signalbox.configservice.compile.port.Model;
import io.signalbox.configservice.compile.rules.RuleSet;
import io.signalbox.configservice.compile.rules.VirtualServiceRules;
import io.signalbox.configservice.compile.services.Alias;
import io.signalbox.configservice.compile.services.MeshService;
import io.signalbox.configservice.registry.DestinationRule;
import io.signalbox.configservice.registry.Service;
import io.signalbox.configservice.registry.ServiceEntry;
import io.signalbox.configservice.registry.VirtualService;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds the hosts that a change of services and rules can touch. Looks at both the state before and the state after,
 * and rather takes a host too many: those that change come first, then those whose rules lead there, then those that
 * share a Host value or an address with any of these.
 */
final class Impact {
    private final Model before;
    private final Model after;
    private final String clusterDomain;
    private final Set<String> changed = new LinkedHashSet<>();
    private final Set<String> touched = new LinkedHashSet<>();

    Impact(Model before, Model after) {
        this.before = before;
        this.after = after;
        this.clusterDomain = after.services().clusterDomain();
    }

    /** The hosts, when these objects are gone, new or changed; of changed ones both forms. */
    Set<String> hosts(
            List<Service> services,
            List<ServiceEntry> entries,
            List<VirtualService> virtualServices,
            List<DestinationRule> destinationRules) {
        services.forEach(service -> changed.add(service.hostName(clusterDomain)));
        entries.forEach(entry -> changed.addAll(entry.hosts()));
        destinationRules.forEach(rule -> addCovered(rule.fullHost(clusterDomain), changed));
        boolean delegates = false;
        for (VirtualService virtualService : virtualServices) {
            delegates |= virtualService.hosts().isEmpty();
            virtualService
                    .hosts()
                    .forEach(host -> addCovered(
                            Hosts.full(host, virtualService.metadata().namespace(), clusterDomain), changed));
        }
        for (Model model : List.of(before, after)) {
            for (RuleSet rules : model.rules().all()) {
                // Routes of the Gateway API hang on services in ways of their own.
                if (!(rules instanceof VirtualServiceRules known)) {
                    addHosts(rules, changed);
                } else if (delegates && known.delegates()) {
                    addHosts(rules, changed);
                }
            }
        }
        addAliases();
        touched.addAll(changed);
        addNamedTogether();
        addLeadingToChanged();
        addSharing();
        return touched;
    }

    /** An alias changes with what is at the end of its chain. */
    private void addAliases() {
        Set<String> aliases = new HashSet<>();
        for (Model model : List.of(before, after)) {
            model.services().aliases().forEach(alias -> aliases.add(alias.host()));
        }
        for (String host : aliases) {
            Alias old = before.services().alias(host);
            Alias now = after.services().alias(host);
            String oldConcrete = old == null ? null : old.concrete();
            String nowConcrete = now == null ? null : now.concrete();
            if (!Objects.equals(oldConcrete, nowConcrete) || changed.contains(host)) {
                changed.add(host);
                if (oldConcrete != null) {
                    changed.add(oldConcrete);
                }
                if (nowConcrete != null) {
                    changed.add(nowConcrete);
                }
            }
        }
    }

    /** Hosts that stand in one rule with a changed one: which of them are services decides what the others are. */
    private void addNamedTogether() {
        for (Model model : List.of(before, after)) {
            for (String host : changed) {
                model.rules().over(host).forEach(rules -> touched.addAll(rules.hosts()));
            }
        }
    }

    private void addLeadingToChanged() {
        for (Model model : List.of(before, after)) {
            Set<String> named = new HashSet<>(changed);
            for (String host : changed) {
                model.services().aliasesOf(host).forEach(alias -> named.add(alias.host()));
            }
            for (RuleSet rules : model.rules().all()) {
                if (rules.destinations().stream().anyMatch(named::contains)) {
                    addHosts(rules, touched);
                }
            }
        }
    }

    private void addHosts(RuleSet rules, Collection<String> hosts) {
        rules.hosts().forEach(host -> addCovered(host, hosts));
    }

    /** The host, and all that it covers. */
    private void addCovered(String host, Collection<String> hosts) {
        hosts.add(host);
        if (Hosts.isWildcard(host)) {
            for (Model model : List.of(before, after)) {
                for (Set<String> known :
                        List.of(model.services().hosts(), model.rules().hosts())) {
                    known.stream().filter(other -> Hosts.covers(host, other)).forEach(hosts::add);
                }
            }
        }
    }

    /** Until nothing is added: who shares a Host value or an address with one of them. */
    private void addSharing() {
        Deque<String> open = new ArrayDeque<>(touched);
        Map<String, Boolean> seen = new HashMap<>();
        while (!open.isEmpty()) {
            String host = open.poll();
            if (seen.put(host, true) != null) {
                continue;
            }
            Set<String> sharing = new HashSet<>();
            for (Model model : List.of(before, after)) {
                addSharing(host, model, sharing);
            }
            for (String other : sharing) {
                if (touched.add(other)) {
                    open.add(other);
                }
            }
        }
    }

    private void addSharing(String host, Model model, Set<String> sharing) {
        addForms(host, model, sharing);
        for (Alias alias : model.services().aliasesOf(host)) {
            addForms(alias.host(), model, sharing);
        }
        for (MeshService service : model.services().withHost(host)) {
            model.services().sharingAddress(service).forEach(other -> sharing.add(other.host()));
            service.addresses().forEach(address -> addKnown(address.address().hostText(), model, sharing));
        }
        model.services().withAddress(host).forEach(service -> sharing.add(service.host()));
    }

    /** The hosts that may have a Host value in common with this one: its shorter and longer forms. */
    private void addForms(String host, Model model, Set<String> sharing) {
        String base = host.startsWith("*.") ? host.substring(2) : host;
        base = base.endsWith(".") ? base.substring(0, base.length() - 1) : base;
        String end = ".svc." + clusterDomain;
        Set<String> names = new LinkedHashSet<>(List.of(base));
        if (base.endsWith(end)) {
            names.add(base.substring(0, base.length() - end.length()));
        }
        if (base.endsWith(".svc")) {
            names.add(base.substring(0, base.length() - ".svc".length()));
        }
        int dot = base.indexOf('.');
        String firstLabel = dot < 0 ? base : base.substring(0, dot);
        names.add(firstLabel);
        Set<String> all = new LinkedHashSet<>(names);
        for (String name : names) {
            all.add(name + ".svc");
            all.add(name + end);
            all.add(name + "." + clusterDomain);
        }
        for (String name : all) {
            for (String form : List.of(name, name + ".", "*." + name, "*." + name + ".")) {
                addKnown(form, model, sharing);
            }
        }
        model.services().hostsOf(firstLabel).forEach(other -> addKnown(other, model, sharing));
    }

    private static void addKnown(String host, Model model, Set<String> sharing) {
        if (!model.services().withHost(host).isEmpty() || model.rules().hosts().contains(host)) {
            sharing.add(host);
        }
        Alias alias = model.services().alias(host);
        if (alias != null && alias.concrete() != null) {
            sharing.add(alias.concrete());
        }
    }
}
