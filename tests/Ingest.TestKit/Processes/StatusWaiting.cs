namespace Ingest.TestKit;

/// <summary>Waits for what the status says.</summary>
public static class StatusWaiting
{
    /// <summary>Between two questions: each makes the server count what it has.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks for the status until it is as expected.</summary>
    /// <param name="installation">Who is asked.</param>
    /// <param name="isExpected">Whether it is.</param>
    /// <param name="outputs">What the servers wrote, for the message of a failure.</param>
    public static async Task<ServerStatus> WaitForStatusAsync(
        this IInstallation installation, Func<ServerStatus, bool> isExpected, Func<string> outputs)
    {
        var (last, said) = ("none", "");
        return await Deadline.UntilAsync(
            async () =>
            {
                last = await installation.ReadStatusAsync();
                if (!ServerStatus.TryParse(last, out var status))
                    return null;
                var line = $"{status.Unsealed} events are in no batch yet, {status.Pending} wait for the lake.";
                if (!line.Equals(said, StringComparison.Ordinal))
                    Progress.Write(said = line);
                return isExpected(status) ? status : null;
            },
            Deadline.Delivery,
            () => $"the status is not as expected: {last}\n{outputs()}",
            Pause);
    }

    /// <summary>Waits until everything that was stored is in the lake.</summary>
    public static Task WaitUntilShippedAsync(this IInstallation installation, Func<string> outputs) =>
        installation.WaitForStatusAsync(status => status is { Unsealed: 0, Pending: 0 }, outputs);
}
