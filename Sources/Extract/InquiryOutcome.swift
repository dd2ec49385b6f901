import Inventory
import Records
import Stages

/// What asking about one device has come to.
enum InquiryOutcome {
    case answer(DeviceAnswer)
    /// One answer is not enough; the device is asked for separately.
    case more
    /// Unknown, and a sign that Apple may be down.
    case trouble(String)
    /// Unknown, because Apple refuses the request: this device's answer, unless it refuses all.
    case denied(APIError)
    /// Unknown. A sign of an outage only for many devices whose state was known before.
    case serverError(String)
    /// Not asked to the end, because the stage's budget is spent.
    case waits
    case stop(any Error)
}

extension DeviceInquiry {
    func outcome(of result: Result<[UInt8], APIError>) -> InquiryOutcome {
        switch result {
        case .success(let body): answer(in: body).map(InquiryOutcome.answer) ?? .more
        case .failure(let error): outcome(of: error)
        }
    }

    /// What concerns this device alone is an answer too; the rest stops the stage.
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
