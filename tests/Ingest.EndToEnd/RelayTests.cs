using System.Security.Cryptography;
using System.Text.Json;

namespace Ingest.EndToEnd;

/// <summary>Two servers as people start them, a primary and a receiver: what the receiver took alone is in the primary's lake, once.</summary>
public sealed class RelayTests
{
    [Fact]
    public async Task What_a_receiver_took_while_the_primary_was_down_is_in_the_lake_of_the_primary_once()
    {
        using var folder = new TemporaryFolder();
        var key = await WriteKeyAsync(folder);
        await using var primary = new Installation();
        await using var receiver = new Installation();
        primary.ShipTo(primary.LakeFolder, "--runtime", "node", "--region", "us-east-1", "--relay-key", key);
        receiver.ShipTo(
            receiver.LakeFolder, "--runtime", "node", "--region", "us-west-2", "--role", "receiver",
            "--primary", primary.Url.GetLeftPart(UriPartial.Authority), "--relay-key", key);
        // The primary is not there yet: a receiver needs nothing of it.
        await receiver.StartAsync();
        var oracle = new ConservationOracle();
        PlainEvent[] events =
        [
            .. Enumerable.Range(0, 90).Select(i => new PlainEvent($"relayed-{i}")),
            .. Enumerable.Range(0, 10).Select(i => new PlainEvent($"relayed-bad-{i}", PlainFlaw.Invalid)),
        ];
        using var west = new PlainClient(receiver.Url);
        using var east = new PlainClient(primary.Url);
        await west.PostAsync(oracle, events[..60]);
        await receiver.KillAsync();
        await receiver.StartAsync();
        await west.PostAsync(events[60..]);
        await receiver.WaitUntilShippedAsync();
        Assert.NotEmpty(Objects(receiver, "relay"));

        await primary.StartAsync();
        // Clients that were not sure, and sent again to the other region.
        await east.PostAsync(oracle, events[60..]);
        await Deadline.UntilAsync(
            () => Task.FromResult(Objects(receiver, "relay").Any() ? null : receiver),
            Deadline.Delivery,
            () => $"objects wait in the receiver. It wrote:\n{receiver.Output}\nThe primary wrote:\n{primary.Output}");
        await primary.WaitUntilShippedAsync();

        var report = oracle.Check(LakeReader.Read(primary.LakeFolder));
        Assert.True(report.IsClean, report.ToString());
        await Verdict.AssertAuditAsync(primary, good: 90, quarantined: 10);
        var audit = await receiver.RunAsync("audit");
        Assert.True(audit.ExitCode == 0, audit.Output);
        Assert.Contains($"{Objects(receiver, "bridged").Count()} more were relayed to the primary: 100 events", audit.Output, StringComparison.Ordinal);

        await AssertShownAsync(receiver);
        var promoted = await receiver.CallAsync("region", "promote", "us-west-2", "--yes");
        Assert.True(promoted.ExitCode == 0, promoted.Output);
        await west.PostAsync([new PlainEvent("own")]);
        await receiver.WaitUntilShippedAsync();
        Assert.Equal("good", Assert.Single(LakeReader.Read(receiver.LakeFolder)).Stream);

        // Nobody would deliver the backlog of a receiver that forgot its region.
        await receiver.StopAsync();
        var forgetful = await receiver.RunAsync("run", "--port", "0", "--lake", receiver.Lake, "--config", receiver.Config, "--runtime", "node");
        Assert.Equal(3, forgetful.ExitCode);
        Assert.Contains("start it with --region as before", forgetful.Output, StringComparison.Ordinal);
    }

    private static async Task<string> WriteKeyAsync(TemporaryFolder folder)
    {
        var key = folder.Of("relay.key");
        await File.WriteAllTextAsync(key, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return key;
    }

    /// <summary>The hours of the receiver add up to all events; those that came to both regions are duplicates.</summary>
    private static async Task AssertShownAsync(Installation receiver)
    {
        var shown = await receiver.CallAsync("region", "show", "--json");
        Assert.True(shown.ExitCode == 0, shown.Output);
        var hours = shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(100, hours.Sum(hour => hour.GetProperty("events").GetInt64()));
        Assert.Equal(0, hours.Sum(hour => hour.GetProperty("waiting").GetInt64()));
        Assert.Equal(
            100, hours.Sum(hour => hour.GetProperty("accepted").GetInt64() + hour.GetProperty("quarantined").GetInt64() + hour.GetProperty("duplicates").GetInt64()));
    }

    private static IEnumerable<string> Objects(Installation installation, string top)
    {
        var folder = Path.Combine(installation.LakeFolder, top);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];
    }
}
