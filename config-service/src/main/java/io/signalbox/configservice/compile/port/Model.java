package io.signalbox.configservice.compile.port;

import io.signalbox.configservice.compile.callers.Scope;
import io.signalbox.configservice.compile.gateway.RouteStatus;
import io.signalbox.configservice.compile.policy.DestinationRules;
import io.signalbox.configservice.compile.rules.RuleTable;
import io.signalbox.configservice.compile.services.ServiceTable;
import java.util.List;

/**
 * What a registry says, but for the endpoints: the same until a service, a rule or a scope changes.
 *
 * @param services all services
 * @param rules all routing rules
 * @param policies all DestinationRules
 * @param routeStatuses the state of every route of the Gateway API
 * @param scopes all scopes, in the order in which a caller looks for its own
 * @param restricting those of them that hide something
 */
public record Model(
        ServiceTable services,
        RuleTable rules,
        DestinationRules policies,
        List<RouteStatus> routeStatuses,
        List<Scope> scopes,
        List<Scope> restricting) {}
