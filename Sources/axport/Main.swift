import ArgumentParser
import CSQLite
import Records

#if canImport(Glibc)
    /// mallopt(3); Swift's Glibc does not include malloc.h.
    @_silgen_name("mallopt")
    private func setMallocOption(_ option: CInt, _ value: CInt) -> CInt
#endif

@main
enum Main {
    static func main() async {
        #if canImport(Glibc)
            // M_ARENA_MAX. glibc has a heap for each thread, and Apple's pages pass from thread to thread. One heap
            // needs a sixth less memory in the same time.
            _ = setMallocOption(-8, 1)
            // M_MMAP_THRESHOLD and M_TRIM_THRESHOLD. By default glibc never frees the memory of the first page. With
            // smaller values the pages of every batch are faulted in anew: a tenth of the CPU time of a full sync.
            _ = setMallocOption(-3, 4 << 20)
            _ = setMallocOption(-1, 4 << 20)
        #endif
        csqlite_configure()
        Output.holdStreams()
        DescriptorLimit.raiseToUsual()
        do {
            var command = try Axport.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            await end(error)
        }
    }

    /// Help and the version are answers: they must arrive on stdout as others do. What is wrong with the command line
    /// is a message.
    private static func end(_ error: any Error) async {
        let text = Axport.fullMessage(for: error)
        let code = Axport.exitCode(for: error)
        if !text.isEmpty, code != .success { Output.progress(Output.messages.wrapped(text) + "\n") }
        guard !text.isEmpty, code == .success else { Axport.exit(withError: code) }
        do {
            try await reporting { try Output.tell(text) }
        } catch {
            Axport.exit(withError: error)
        }
    }
}
