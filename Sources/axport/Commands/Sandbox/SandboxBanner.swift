import Pipeline
import Records
import Sandbox
import Stages

/// What the sandbox says when it starts and when it ends.
struct SandboxBanner {
    let command: SandboxCommand
    /// At least one.
    let running: [RunningSandbox]

    var text: String { command.organizations == nil ? running.map(one).joined() : several }

    private func one(_ its: RunningSandbox) -> String {
        """
        The sandbox answers at \(its.apiURL) until it is stopped (Ctrl-C): \(counted(command.devices, "device")), \
        seed \(command.seed), night \(command.night).

        Use it from another terminal:

          set -a; . \(command.credentials)/sandbox.env; set +a
          axport export --columns serial_number,product_family,status --format csv

        or in the `source` section of a pipeline file:

          platform: \(command.school ? "school" : "business")
          client_id: \(its.clientID)
          key_id: \(its.keyID)
          private_key: ${file:\(command.credentials)/private-key.pem}
          api_url: \(its.apiURL)
          token_url: \(its.tokenURL)
        """
    }

    private var several: String {
        let devices = running.reduce(0) { $0 + $1.fleet.devices }
        let names = [running.first, running.last].compactMap(\.self).map(\.name)
        return """
            The sandbox answers at \(running[0].apiURL) until it is stopped (Ctrl-C): \
            \(counted(running.count, "organization")), \(names[0]) to \(names[1]), with \(counted(devices, "device")), \
            seed \(command.seed), night \(command.night).

            Use them in a pipeline file, with the load's files named by {source}:

              sources: { file: \(command.credentials)/tenants.csv, defaults: { max_time: 2h } }

            or one of them from another terminal:

              set -a; . \(command.credentials)/\(names[0])/sandbox.env; set +a
              axport export --columns serial_number,product_family,status --format csv
            """
    }

    /// The clients' requests, so that clients can be compared.
    static func closing(_ statistics: SandboxStatistics) -> String {
        let families = EndpointFamily.allCases.compactMap { family in
            statistics.requests[family].map { "\($0) \(family.rawValue)" }
        }
        let refused = statistics.refused > 0 ? "; \(statistics.refused) of them over the limit" : ""
        return "requests: \(families.isEmpty ? "none" : families.joined(separator: ", "))\(refused)"
    }
}
