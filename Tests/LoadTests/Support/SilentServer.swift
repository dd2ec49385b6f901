import Foundation
import TestSupport

/// A port on which connections are accepted and nothing is ever said.
struct SilentServer: ~Copyable {
    let port: Int
    private let descriptor: Int32

    init() throws { (descriptor, port) = try Loopback.listening() }

    deinit { close(descriptor) }
}
