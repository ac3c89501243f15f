/// A person whom the server knows.
public struct BenchPerson: Sendable {
    public let userID: String
    /// An access token that outlives the run.
    public let token: String

    public init(userID: String, token: String) {
        self.userID = userID
        self.token = token
    }
}

/// A direct conversation of two of the people.
public struct BenchConversation: Sendable {
    public let id: String
    /// Indices into ``BenchWorld/people``.
    public let first: Int
    public let second: Int

    public init(id: String, first: Int, second: Int) {
        self.id = id
        self.first = first
        self.second = second
    }
}

/// Who and what must be there before a run.
public struct BenchNeeds: Equatable, Sendable {
    public var people = 0
    /// How many direct conversations: the first of the persons 0 and 1, the next of 2 and 3, and so on. The people suffice.
    public var conversations = 0
    /// Whether it is the person 0 who has all of them, one with each of the others, instead.
    public var isStar = false
    /// How many messages each conversation must hold, `seq` from 1, sent by its two members in turn.
    public var messagesPerConversation = 0

    init(people: Int = 0, conversations: Int = 0, messagesPerConversation: Int = 0, isStar: Bool = false) {
        self.people = people
        self.conversations = conversations
        self.messagesPerConversation = messagesPerConversation
        self.isStar = isStar
    }
}

/// What was made to fulfil ``BenchNeeds``.
public struct BenchWorld: Sendable {
    public let people: [BenchPerson]
    public let conversations: [BenchConversation]

    public init(people: [BenchPerson] = [], conversations: [BenchConversation] = []) {
        self.people = people
        self.conversations = conversations
    }
}
