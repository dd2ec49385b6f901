import Assign
import Records

/// A question before something is sent that changes an organization.
enum Confirmation {
    /// - Throws: unless a person types the number of devices, or `yes` stands for it.
    static func require(_ plan: PlanGlance, yes: Bool) throws(Failure) {
        if yes || plan.devices == 0 { return }
        guard var prompt = Prompt() else {
            throw Failure(.usage, "nobody can be asked here", advice: "add --yes to apply the plan without a question")
        }
        let what = "\(counted(plan.devices, "device")) (\(plan.deeds))"
        let warning = plan.isForGood ? " It cannot be undone." : ""
        let question = "This sends \(what) to Apple.\(warning) Type the number of devices to go on"
        guard Int(try prompt.ask(question)) == plan.devices else {
            throw Failure(.usage, "not confirmed; nothing was sent", advice: "the plan can be applied later")
        }
    }
}
