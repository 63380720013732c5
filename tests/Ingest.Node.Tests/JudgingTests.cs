using System.Text.Json;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.TestKit;

namespace Ingest.Node.Tests;

/// <summary>Events are judged once, and outside the turn of their partition.</summary>
public sealed class JudgingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_document_that_takes_long_holds_up_no_other_request_of_its_partition()
    {
        using var slow = new Slow();
        await using var node = await TestNode.StartAsync(validator: slow);
        var held = Task.Run(() => node.SendToJudgeAsync(null, "slow"), TestContext.Current.CancellationToken);
        await slow.Reached.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var other = node.SendToJudgeAsync(null, "a").WaitAsync(Patience, TestContext.Current.CancellationToken);
        try
        {
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await other);
            Assert.False(held.IsCompleted);
        }
        finally
        {
            slow.Release();
        }

        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await held);
    }

    [Fact]
    public async Task What_is_too_much_at_once_is_judged_by_the_partition()
    {
        using var slow = new Slow();
        await using var node = await TestNode.StartAsync(options: new HostingOptions { JudgesMax = 1 }, validator: slow);
        var held = Task.Run(() => node.SendToJudgeAsync(null, "slow"), TestContext.Current.CancellationToken);
        await slow.Reached.WaitAsync(Patience, TestContext.Current.CancellationToken);
        // The only place is taken: the second one waits in the turn of its partition, not where requests are read, and the third behind it.
        var second = Task.Run(() => node.SendToJudgeAsync(null, "slow, too"), TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => Task.FromResult(slow.Held == 2));
        var third = node.SendToJudgeAsync(null, "a");
        // Another partition goes through all the while.
        await node.SendAsync("blog", "x");
        Assert.False(second.IsCompleted || third.IsCompleted);
        slow.Release();
        Assert.All(await Task.WhenAll(held, second, third), result => Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), result));
    }

    [Fact]
    public async Task Events_that_are_offered_again_say_each_error_once()
    {
        await using var node = await TestNode.StartAsync(validator: new RefusesAll());
        node.Journal.Script.Enqueue((_, _) => ValueTask.FromResult(new JournalResult(JournalOutcome.Fenced, "the hour was closed")));
        var result = await node.SendToJudgeAsync([new EventError("/time", EventRules.NotAnObject, "x")], "a");
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Quarantined: 1), result);
        Assert.Equal(2, node.Journal.Appends);
        await node.DrainAsync();
        Assert.Equal(["/time", "/n"], await WheresAsync(node.Lake));
    }

    /// <summary>Where the errors of the only quarantined event are.</summary>
    private static async Task<List<string>> WheresAsync(ILake lake)
    {
        var lines = await TestEvents.ReadLinesAsync(lake, LakeStream.Quarantine, TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(Assert.Single(lines));
        return [.. document.RootElement.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("where").GetString()!)];
    }

    /// <summary>Judges events whose ids begin with <c>slow</c> when it is let.</summary>
    private sealed class Slow : IEventValidator, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _release = new();
        private int _held;

        /// <summary>Documents that were held so far.</summary>
        public int Held => Volatile.Read(ref _held);

        public Task Reached => _reached.Task;

        public void Release() => _release.Set();

        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            if (batch[check.Instance].IndexOf("slow"u8) < 0)
                return;
            Interlocked.Increment(ref _held);
            _reached.TrySetResult();
            _release.Wait(2 * Patience);
        }

        public void Dispose() => _release.Dispose();
    }

    private sealed class RefusesAll : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors) =>
            (errors ??= []).Add(new EventError("/n", "type", "string"));
    }
}
