import Records

/// A question before something is sent that changes an organization.
enum Confirmation {
    /// - Throws: unless a person types the number of devices, or `yes` stands for it.
    static func require(_ devices: Int, yes: Bool) throws(Failure) {
        if yes || devices == 0 { return }
        guard Output.stdinIsTerminal else {
            throw Failure(.usage, "nobody can be asked here", advice: "add --yes to apply the plan without a question")
        }
        Output.prompt("This sends \(counted(devices, "device", "devices")) to Apple. Type the number to go on: ")
        guard let answer = readLine(), Int(answer.filter { !$0.isWhitespace }) == devices else {
            throw Failure(.usage, "not confirmed; nothing was sent")
        }
    }
}
