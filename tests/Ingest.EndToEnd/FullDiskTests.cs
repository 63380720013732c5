namespace Ingest.EndToEnd;

/// <summary>The promise with a full disk under the journal: clients are told to send again, and nothing is lost.</summary>
public sealed class FullDiskTests
{
    /// <summary>Events that are acknowledged before and after.</summary>
    private const int Events = 100;

    [Fact]
    public async Task A_full_disk_refuses_events_and_loses_none_though_the_server_is_killed_on_it()
    {
        NodeModules.Require();
        await using var disk = await SmallDisk.RequireAsync();
        var oracle = new ConservationOracle();
        await using var installation = new Installation { Data = disk.Path };
        installation.ShipTo(installation.LakeFolder, "--runtime", "node");
        using var load = LabelledLoad.Start(oracle, installation.Url, BatchSize.Normal);
        await installation.StartAsync();
        await load.MoreAsync(Events);

        load.Begin("disk-full");
        await disk.FillAsync();
        await load.Refused.AtLeastAsync(load.Refused.Value + 1, Deadline.Delivery);
        await installation.KillAsync();
        disk.Free();
        await installation.StartAsync();
        await load.MoreAsync(Events);
        await disk.FillAsync();
        await load.Refused.AtLeastAsync(load.Refused.Value + 1, Deadline.Delivery);
        disk.Free();
        await load.MoreAsync(Events);

        await load.FinishAsync();
        await installation.StopAsync();
        await Verdict.AssertConservedAsync(installation, oracle);
    }
}
