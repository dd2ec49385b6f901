import Inventory
import Records
import Stages

/// The result of asking about one device.
enum InquiryOutcome {
    case answer(DeviceAnswer)
    /// The answer has more pages; the device needs separate requests.
    case more
    /// Unknown, and a sign of an outage.
    case trouble(String)
    /// Unknown, because Apple refuses the request: an answer for this device, unless Apple refuses all.
    case denied(APIError)
    /// Unknown. Only a sign of an outage if it happens for many devices whose state was known before.
    case serverError(String)
    /// Not finished, because the stage's budget is spent.
    case waits
    case stop(any Error)
}

extension DeviceInquiry {
    func outcome(of result: Result<[UInt8], APIError>, about serial: String) -> InquiryOutcome {
        switch result {
        case .success(let body): answer(in: body, of: serial).map(InquiryOutcome.answer) ?? .more
        case .failure(let error): outcome(of: error)
        }
    }

    /// An error about this device only is an answer, too. Any other error stops the stage.
    func outcome(of error: APIError) -> InquiryOutcome {
        if let answer = answer(to: error) { return .answer(answer) }
        return switch error.kind {
        case .notFound where error.missing != nil: .answer(.unknown(error.message))
        case .unavailable where Self.serverErrorsAreAnswers && error.isServerError: .serverError(error.message)
        case .forbidden, .badRequest, .notFound: .denied(error)
        case .unavailable: .trouble(error.message)
        case .budgetSpent: .waits
        default: .stop(error)
        }
    }
}
