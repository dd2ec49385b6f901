import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A property list for launchd. The job is a daemon, so that it runs without a login, under the current user's account.
struct LaunchdJob {
    private let needs: PipelineNeeds

    init(_ needs: PipelineNeeds) { self.needs = needs }

    var text: String {
        let label = "axport.\(needs.name)"
        let user = UserCommand(needs: needs)
        let account = ProcessInfo.processInfo.environment["USER"] ?? "root"
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/var/root"
        let time = NightTime(for: needs.name)
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <!--
            \(comment(label, user))
            -->
            <plist version="1.0">
            <dict>
              <key>Label</key>
              <string>\(Self.escaped(label))</string>
              <key>UserName</key>
              <string>\(Self.escaped(account))</string>
              <key>ProgramArguments</key>
              <array>
                <string>/bin/sh</string>
                <string>-c</string>
                <string>\(Self.escaped("\(user.preparation)exec \(user.program)"))</string>
              </array>
              <key>StartCalendarInterval</key>
              <dict>
                <key>Hour</key>
                <integer>\(time.hour)</integer>
                <key>Minute</key>
                <integer>\(time.minute)</integer>
              </dict>
              <key>ProcessType</key>
              <string>Background</string>
              <key>StandardErrorPath</key>
              <string>\(Self.escaped("\(home)/Library/Logs/\(label).log"))</string>
            </dict>
            </plist>
            """
    }

    private func comment(_ label: String, _ user: UserCommand) -> String {
        let file = "/Library/LaunchDaemons/\(label).plist"
        var steps = Steps("Runs \(needs.file) every night. A Mac that sleeps then runs it when it wakes.")
        steps.add(variables: needs.variables, file: user.variablesFile, sudo: "")
        steps.add(
            "Save this text as \(label).plist, and load it.",
            ["sudo install -m 644 \(label).plist \(file)", "sudo launchctl bootstrap system \(file)"]
        )
        steps.add("A first run.", ["sudo launchctl kickstart system/\(label)"])
        // Two hyphens end an XML comment. A shell ignores an empty text between them.
        return steps.text(comment: "").replacing("--", with: "-''-").replacing("--", with: "-''-")
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
