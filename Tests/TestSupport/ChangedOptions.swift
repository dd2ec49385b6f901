import Sandbox

extension SandboxOptions {
    /// The usual organization, changed.
    package static func with(devices: Int = 500, _ change: (inout SandboxOptions) -> Void = { _ in }) -> SandboxOptions
    {
        var options = SandboxOptions()
        options.devices = devices
        change(&options)
        return options
    }
}
