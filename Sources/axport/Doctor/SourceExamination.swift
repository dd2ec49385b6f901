import AppleClient
import Pipeline
import Records
import Stages

/// Examines one organization: its account, the way to Apple, its rights, its inventory and its runs.
struct SourceExamination: Sendable {
    let source: ExaminableFile.Source
    /// Whether the whole pipeline file is without errors.
    let isValid: Bool
    /// Whether there is a pipeline file, whose runs have a history.
    let isOfFile: Bool
    let order: Doctor

    /// The time for requests to Apple, in seconds.
    static let seconds = 30.0
    private static let secondsForToken = 12.0

    private var plan: Plan { source.plan }
    private var settings: SourceSettings { plan.source }
    private var stages: [String] { plan.extract.map(\.origin.stage) }

    func findings() async throws -> [Finding] {
        let inventory = InventoryFindings(plan)
        return try await account() + inventory.all() + tonight() + history
    }

    private func account() async throws -> [Finding] {
        if settings.platform == .sandbox {
            return [.fact("source", "the sandbox inside axport, which needs no account; there is nobody to ask")]
        }
        guard source.isUsable else {
            return [.notAsked(["key", "token"] + stages, "the source has errors")]
        }
        let account = AccountFindings(settings)
        if order.isOffline { return account.findings + [.notAsked(["token"] + stages, "--offline")] }
        do {
            let inquiry = try Composition.inquiry(settings)
            guard let key = account.key else { return try await account.findings + reach(inquiry) }
            return try await account.findings + ask(inquiry, key)
        } catch let failure as Failure {
            return account.findings + [
                .fails("network", failure), .notAsked(["token"] + stages, "no request can be sent"),
            ]
        }
    }

    /// What can be known without a key.
    private func reach(_ inquiry: Inquiry) async throws -> [Finding] {
        let contact = try await inquiry.reach(within: Self.secondsForToken)
        var findings = RouteFindings(contacts: [contact]).all
        if let error = contact.error, !contact.isToldByRoute { findings.append(.fails("token", error.failure)) }
        return findings + [.notAsked(["token"] + stages, "the key cannot be used")]
    }

    private func ask(_ inquiry: Inquiry, _ key: PrivateKey) async throws -> [Finding] {
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        var (contact, access) = try await inquiry.token(key, within: Self.secondsForToken)
        if contact.mayDiffer {
            try await Task.sleep(for: .milliseconds(500))
            (contact, access) = try await inquiry.token(key, within: Self.secondsForToken)
        }
        guard let access else {
            let route = RouteFindings(contacts: [contact]).all
            return route + Self.refusal(contact) + [.notAsked(stages, "there is no token")]
        }
        var questions = EndpointQuestions(inquiry, access, settings, until: deadline)
        try await questions.ask(plan.extract, at: order.now)
        let route = RouteFindings(contacts: [contact] + [questions.firstContact].compactMap(\.self))
        return route.all + [order.newKey?.accepted(settings) ?? .works("token", "Apple accepts the key")]
            + questions.findings
    }

    private static func refusal(_ contact: Contact) -> [Finding] {
        switch contact.end {
        case .limited(let wait): [EndpointQuestions.limited(wait, "token")]
        case .failed(let error): contact.isToldByRoute ? [] : [.fails("token", error.failure)]
        case .answered: []
        }
    }

    private func tonight() async throws -> [Finding] {
        guard isValid else { return [.notAsked(["tonight"], "the file has errors")] }
        do {
            return TonightFindings(try await plan.forecast(at: order.now)).all
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // The findings about the inventory say why it cannot be read.
            return [.notAsked(["tonight"], "the inventory cannot be read")]
        }
    }

    private var history: [Finding] {
        guard isOfFile, let path = try? plan.inventoryPath else { return [] }
        return HistoryFindings(plan, inventory: path, now: order.now).all
    }
}

extension Contact {
    /// Whether another attempt is worthwhile.
    var mayDiffer: Bool {
        guard let error else { return false }
        return error.isServerError || failedStep == .answer
    }
}
