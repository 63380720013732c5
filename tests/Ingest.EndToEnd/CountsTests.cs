namespace Ingest.EndToEnd;

/// <summary>The counts of answers, lake and audit add up to the event.</summary>
public sealed class CountsTests
{
    private const int Events = 100_000;
    private const int Duplicates = Events / 100;
    private const int Invalid = Events / 100;
    private const int NotJson = Events / 1000;
    private const int Good = Events - Duplicates - Invalid - NotJson;
    private const int Senders = 8;

    [Fact]
    public async Task Duplicates_invalid_events_and_broken_text_are_each_counted_once()
    {
        NodeModules.Require();
        var random = TestSeed.Next();
        var oracle = new ConservationOracle();
        await using var installation = new Installation { Runtime = "node" };
        await installation.StartAsync();

        var (events, broken) = MakeEvents(random);
        foreach (var expected in events.Where(e => e.Flaw != PlainFlaw.NotJson).DistinctBy(e => e.Id))
            oracle.Expect(expected.Expected);
        var answers = await SendAllAsync(installation.Url, events, random);
        foreach (var sent in events.Where(e => e.Flaw != PlainFlaw.NotJson))
            oracle.Acknowledge(sent.Id);
        await installation.StopAsync();

        Assert.Equal(new PlainAnswer(Good, Invalid + NotJson, Duplicates), answers);
        var lines = LakeReader.Read(installation.LakeFolder);
        Assert.Equal((Good, Invalid + NotJson), (lines.Count(l => l.Stream == "good"), lines.Count(l => l.Stream != "good")));
        // What is no JSON has no id of its own: it is found again by its text.
        var notJson = lines.Where(l => l.Rules.Contains("not_json", StringComparer.Ordinal)).ToHashSet();
        Assert.Equal(broken.Select(e => e.Text).Order(StringComparer.Ordinal), notJson.Select(l => l.Sent).Order(StringComparer.Ordinal));
        var report = oracle.Check(lines.Where(l => !notJson.Contains(l)));
        Assert.True(report.IsClean, report.ToString());

        await Verdict.AssertAuditAsync(installation, Good, Invalid + NotJson);
        var good = await DuckDb.CountAsync(installation.LakeFolder, "good");
        var quarantine = await DuckDb.CountAsync(installation.LakeFolder, "quarantine");
        Assert.Equal((Good, Good, 0), (good.Rows, good.Ids, good.Misplaced));
        Assert.Equal((Invalid + NotJson, Invalid + NotJson, 0), (quarantine.Rows, quarantine.Ids, quarantine.Misplaced));
    }

    /// <summary>All events in the order in which they are sent, and those of them that are no JSON.</summary>
    private static (PlainEvent[] Events, PlainEvent[] Broken) MakeEvents(Random random)
    {
        var first = new PlainEvent[Events - Duplicates];
        for (var i = 0; i < first.Length; i++)
        {
            var flaw = i < Invalid ? PlainFlaw.Invalid : i < Invalid + NotJson ? PlainFlaw.NotJson : PlainFlaw.None;
            first[i] = new PlainEvent($"order-{i:D6}", flaw);
        }

        PlainEvent[] again = [.. Enumerable.Range(0, Duplicates).Select(_ => first[random.Next(Invalid + NotJson, first.Length)])];
        PlainEvent[] events = [.. first, .. again];
        random.Shuffle(events);
        return (events, first[Invalid..(Invalid + NotJson)]);
    }

    private static async Task<PlainAnswer> SendAllAsync(Uri collector, PlainEvent[] events, Random random)
    {
        using var client = new PlainClient(collector);
        var requests = new List<(PlainEvent[] Events, PlainFormat Format)>();
        for (var at = 0; at < events.Length;)
        {
            var count = Math.Min(random.Next(1, 500), events.Length - at);
            var part = events[at..(at + count)];
            // A broken item would take the rest of an array with it; on lines its neighbours are events.
            var format = part.Any(e => e.Flaw == PlainFlaw.NotJson)
                ? (PlainFormat)random.Next(1, 3)
                : (PlainFormat)random.Next(0, 3);
            requests.Add((part, format));
            at += count;
        }

        var answers = new PlainAnswer[requests.Count];
        await Parallel.ForAsync(0, requests.Count, new ParallelOptions { MaxDegreeOfParallelism = Senders }, async (i, _) =>
            answers[i] = await client.PostAsync(requests[i].Events, requests[i].Format));
        return answers.Aggregate((a, b) => a + b);
    }
}
