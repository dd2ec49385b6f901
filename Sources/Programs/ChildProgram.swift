import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that reads a text, in a separate process group without a terminal. It is killed when its time is over.
package struct ChildProgram: Sendable {
    private let arguments: [String]
    private let environment: [String: String]
    private let mostOutput: Int
    private let keepsErrorsApart: Bool

    package enum End: Equatable {
        case exited(Int32)
        case killed(Int32)
        case late
    }

    /// How the program ended, and the last part of its output.
    package struct Outcome {
        package let end: End
        package let output: [UInt8]
        /// Its standard error; empty if that is part of the output.
        package let errors: [UInt8]
    }

    /// - Parameters:
    ///   - mostOutput: how many bytes of its output are kept, from the end.
    ///   - keepsErrorsApart: whether its standard error is separate from its output.
    package init(
        arguments: [String],
        environment: [String: String],
        mostOutput: Int = 16 << 10,
        keepsErrorsApart: Bool = false
    ) {
        self.arguments = arguments
        self.environment = environment
        self.mostOutput = mostOutput
        self.keepsErrorsApart = keepsErrorsApart
    }

    /// Blocks until it ends. Processes that it leaves behind may keep its pipes open.
    package func run(reading text: String, within time: Duration) throws(Failure) -> Outcome {
        let (input, output) = (try ChildPipe(.toChild), try ChildPipe(.fromChild))
        let errors = keepsErrorsApart ? try ChildPipe(.fromChild) : nil
        var program: pid_t = 0
        let problem = spawn(&program, input.theirs, output.theirs, errors?.theirs ?? output.theirs)
        for pipe in [input, output, errors] { pipe?.closeTheirs() }
        guard problem == 0 else { throw failure(problem) }
        let deadline = ContinuousClock.now + time
        var rest = Array(text.utf8)[...]
        var (printed, complaint): ([UInt8], [UInt8]) = ([], [])
        func listen() {
            printed = (printed + output.read()).suffix(mostOutput)
            if let errors { complaint = (complaint + errors.read()).suffix(mostOutput) }
        }
        var status: Int32 = 0
        while waitpid(program, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < deadline else {
                kill(-program, SIGKILL)
                waitpid(program, &status, 0)
                return Outcome(end: .late, output: printed, errors: complaint)
            }
            // poll(2) ignores a closed end, -1.
            var ends = [
                pollfd(fd: input.ours, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output.ours, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors?.ours ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            poll(&ends, nfds_t(ends.count), 20)
            input.write(&rest)
            listen()
        }
        listen()
        let signal = status & 0x7F
        let end: End = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
        return Outcome(end: end, output: printed, errors: complaint)
    }

    private func spawn(_ program: inout pid_t, _ input: Int32, _ output: Int32, _ errors: Int32) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // The program must not inherit the signals that this process ignores or blocks.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var words = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        return posix_spawnp(&program, words[0] ?? strdup(""), &actions, &attributes, &words, &variables)
    }

    private func failure(_ problem: Int32) -> Failure {
        switch problem {
        case ENOENT: Failure(.destinationFailed, "it was not found", advice: "install it, or write its full path")
        case EACCES:
            Failure(.destinationFailed, "this user is not allowed to run it", advice: "check its permissions: chmod +x")
        default:
            Failure(
                .destinationFailed,
                "it cannot be started: \(String(cString: strerror(problem)))",
                advice: "run it by hand as the same user"
            )
        }
    }
}
