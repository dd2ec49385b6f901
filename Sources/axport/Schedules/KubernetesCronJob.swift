import Pipeline
import Records

/// A CronJob and the volume of its inventory. Like axport@.service, it has a separate user and a read-only root, and
/// retries only after exit codes that may be temporary.
struct KubernetesCronJob {
    private let needs: PipelineNeeds
    private let object: String
    /// The user of deploy/Dockerfile.
    static let user = 10001

    init(_ needs: PipelineNeeds) {
        self.needs = needs
        object = "axport-\(Self.objectName(needs.name))"
    }

    /// Object names are lowercase, and leave room for a job's suffix.
    private static func objectName(_ name: String) -> String {
        let name = name.lowercased().map { $0 == "_" || $0 == "." ? "-" : String($0) }.joined().prefix(40)
        return String(name.reversed().drop { $0 == "-" }.reversed())
    }

    var text: String { "\(steps.text(comment: "# "))\n\(job)\n\(indentedTemplate)\n---\n\(claim)" }

    private var indentedTemplate: String {
        template.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
    }

    private var steps: Steps {
        let file = needs.file.asShellWord
        var steps = Steps("Runs \(needs.file) every night. The image is that of deploy/Dockerfile.")
        let edits = needs.keys.compactMap { CredentialEdit($0) }
        if !edits.isEmpty {
            steps.add("The pipeline file names its keys as credentials.", edits.map { $0.command(for: needs.file) })
        }
        steps.add(
            "The pipeline file is a config map.",
            ["kubectl create configmap \(object) --from-file=\(needs.name).axport.yaml=\(file)"]
        )
        if !needs.keys.isEmpty {
            let keys = needs.keys.map { "--from-file=\($0.credential)=\(($0.path ?? $0.credential).asShellWord)" }
            steps.add(
                "The keys are a secret.",
                ["kubectl create secret generic \(object)-keys \(keys.joined(separator: " "))"]
            )
        }
        if !needs.variables.isEmpty {
            steps.add(
                "So are \(needs.variables.joined(separator: ", ")), from lines NAME=value.",
                ["kubectl create secret generic \(object)-env --from-env-file=\(needs.name).env"]
            )
        }
        steps.add("The job.", ["axport init --schedule kubernetes \(file) | kubectl apply -f -"])
        steps.add("A first run.", ["kubectl create job --from=cronjob/\(object) \(object)-first"])
        return steps
    }

    private var job: String {
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata:
          name: \(object)
        spec:
          schedule: "\(NightTime(for: needs.name).cron)"
          concurrencyPolicy: Forbid
          startingDeadlineSeconds: 43200
          jobTemplate:
            spec:
              backoffLimit: 2
              activeDeadlineSeconds: 86400
              podFailurePolicy:
                rules:
                  - action: FailJob
                    onExitCodes:
                      operator: In
                      values: [\(AfterExit.notAgain.map { "\($0.rawValue)" }.joined(separator: ", "))]
        """
    }

    /// The pod template.
    private var template: String {
        """
        template:
          spec:
            restartPolicy: Never
            automountServiceAccountToken: false
            securityContext:
              runAsNonRoot: true
              runAsUser: \(Self.user)
              runAsGroup: \(Self.user)
              fsGroup: \(Self.user)
              seccompProfile: { type: RuntimeDefault }
            containers:
              - name: axport
                image: axport:\(axportVersion)
                args: [run, \(needs.place)]
                workingDir: \(ServicePlaces.state)
        \(Self.list("env", variables, indent: 8))
        \(Self.list("envFrom", needs.variables.isEmpty ? [] : ["{ secretRef: { name: \(object)-env } }"], indent: 8))
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: { drop: [ALL] }
        \(Self.list("volumeMounts", mounts, indent: 8))
        \(Self.list("volumes", volumes, indent: 4))
        """
    }

    private static func list(_ name: String, _ items: [String], indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        if items.isEmpty { return "\(margin)\(name): []" }
        return (["\(margin)\(name):"] + items.map { "\(margin)  - \($0)" }).joined(separator: "\n")
    }

    private var variables: [String] {
        ServicePlaces.container.variables.sorted { $0.key < $1.key }.map { "{ name: \($0), value: \($1) }" }
    }

    private var mounts: [String] {
        var mounts = [
            "{ name: pipeline, mountPath: /etc/axport }", "{ name: state, mountPath: \(ServicePlaces.state) }",
            "{ name: cache, mountPath: \(ServicePlaces.cache) }", "{ name: temporary, mountPath: /tmp }",
        ]
        if !needs.keys.isEmpty, let folder = ServicePlaces.container.variables["CREDENTIALS_DIRECTORY"] {
            mounts.append("{ name: keys, mountPath: \(folder), readOnly: true }")
        }
        return mounts
            + needs.folders.enumerated().map { index, folder in
                "{ name: state, mountPath: \(Self.quoted(folder)), subPath: output-\(index + 1) }"
            }
    }

    private var volumes: [String] {
        let volumes = [
            "{ name: pipeline, configMap: { name: \(object) } }",
            "{ name: state, persistentVolumeClaim: { claimName: \(object) } }", "{ name: cache, emptyDir: {} }",
            "{ name: temporary, emptyDir: {} }",
        ]
        // The group of the keys is fsGroup.
        let keys = "{ name: keys, secret: { secretName: \(object)-keys, defaultMode: 0440 } }"
        return needs.keys.isEmpty ? volumes : volumes + [keys]
    }

    private var claim: String {
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: \(object)
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests: { storage: 5Gi }
        """
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
