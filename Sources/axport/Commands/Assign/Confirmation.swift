import Records

/// A question before something is sent that changes an organization.
enum Confirmation {
    /// - Throws: unless a person types the number of devices, or `yes` stands for it.
    static func require(_ devices: Int, yes: Bool) throws(Failure) {
        if yes || devices == 0 { return }
        guard var prompt = Prompt() else {
            throw Failure(.usage, "nobody can be asked here", advice: "add --yes to apply the plan without a question")
        }
        let what = counted(devices, "device", "devices")
        guard Int(try prompt.ask("This sends \(what) to Apple. Type the number of devices to go on")) == devices else {
            throw Failure(.usage, "not confirmed; nothing was sent")
        }
    }
}
