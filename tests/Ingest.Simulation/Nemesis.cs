using System.Globalization;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>What goes wrong, one thing after the other and many at once; and at the end, that all of it is mended.</summary>
internal sealed class Nemesis(World world, SimProcess stage)
{
    private readonly List<SimSpill> _spills = [];

    private Chance Chance => world.Simulation.Chance;

    /// <summary>Lets things go wrong for as long as planned; what it did last goes on until it is mended.</summary>
    public async Task RageAsync()
    {
        var end = world.Simulation.Now + world.Plan.Chaos;
        if (world.Plan.FaultPauseMax is not { } pauseMax)
        {
            await Task.Delay(world.Plan.Chaos, stage.Clock);
            return;
        }

        (world.Journal.Faults, world.Lake.Faults, world.Network.Loss) = (world.Plan.CallFaults, world.Plan.CallFaults, world.Plan.CallFaults / 4);
        world.Journal.Latency = Chance.Skewed(TimeSpan.FromMilliseconds(0.5), TimeSpan.FromSeconds(1));
        world.Lake.Latency = Chance.Skewed(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30));
        while (world.Simulation.Now < end)
        {
            await Task.Delay(Chance.Skewed(pauseMax / 100, pauseMax), stage.Clock);
            Strike();
        }
    }

    private void Strike()
    {
        switch (Chance.Next(world.Plan.IsCluster ? 16 : 10))
        {
            case 0:
                For(TimeSpan.FromMinutes(1), "the journal is down", () => world.Journal.IsDown = true, () => world.Journal.IsDown = false);
                break;
            case 1:
                For(TimeSpan.FromMinutes(3), "the journal loses half of all", () => world.Journal.Faults = 0.5, () => world.Journal.Faults = world.Plan.CallFaults);
                break;
            case 2:
                For(TimeSpan.FromMinutes(3), "the journal's disk fills", () => world.Journal.Capacity = Chance.Of(0, 1_000, 10_000), () => world.Journal.Capacity = null);
                break;
            case 3:
                world.Simulation.Note("nemesis", "the journal crashes");
                if (!world.Journal.IsEmbedded)
                    world.Journal.Crash();
                else if (AnyHost() is { } host)
                    Kill(host);
                break;
            case 4:
                var outage = Chance.Of(PutOutcome.Unreachable, PutOutcome.Unreachable, PutOutcome.Throttled, PutOutcome.Denied, PutOutcome.Missing, PutOutcome.Rejected);
                For(TimeSpan.FromMinutes(6), $"the lake answers {outage}", () => world.Lake.Outage = outage, () => world.Lake.Outage = null);
                break;
            case 5:
                For(TimeSpan.FromMinutes(3), "the lake loses half of all", () => world.Lake.Faults = 0.5, () => world.Lake.Faults = world.Plan.CallFaults);
                break;
            case 6:
                if (AnyHost() is { } killed)
                    Kill(killed);
                break;
            case 7:
                if (AnyHost() is { } stopped)
                    Stop(stopped);
                break;
            case 8:
                if (AnyHost() is { } frozen)
                    Freeze(frozen);
                break;
            case 9:
                if (Chance.OneIn(2))
                    Split();
                else if (AnyHost() is { } wrong && world.Plan.ClockErrorMax > TimeSpan.Zero)
                    StepClock(wrong);
                break;
            case 10:
                if (AnyHost() is SimSilo zombie)
                    Evict(zombie);
                break;
            case 11 or 12:
                if (AnyHost() is SimSilo { PartitionsHere.Count: > 0 } from)
                    Move(from);
                break;
            case 13:
                if (AnyHost() is SimSilo twin)
                    Twin(twin);
                break;
            case 14:
                MoveLane(keepsOld: Chance.OneIn(2));
                break;
            case 15:
                For(TimeSpan.FromMinutes(1), "the network loses a fifth of all", () => world.Network.Loss = 0.2, () => world.Network.Loss = world.Plan.CallFaults / 4);
                break;
        }
    }

    /// <summary>The disk of a spill is as bad as all calls are.</summary>
    public void Spoil(SimSpill spill)
    {
        if (!world.IsCalm)
            spill.Faults = world.Plan.CallFaults / 4;
        _spills.Add(spill);
    }

    /// <summary>Mends everything, and has all processes back; not every machine that is gone.</summary>
    public void Mend()
    {
        _spills.ForEach(spill => spill.Faults = 0);
        foreach (var disk in world.Disks.Where(disk => disk.IsGone))
            disk.IsGone = Chance.OneIn(2);
        (world.Journal.Faults, world.Lake.Faults, world.Network.Loss) = (0, 0, 0);
        (world.Journal.IsDown, world.Journal.Capacity, world.Lake.Outage) = (false, null, null);
        world.Journal.Latency = TimeSpan.FromMilliseconds(2);
        world.Lake.Latency = TimeSpan.FromMilliseconds(50);
        foreach (var host in world.Hosts.ToList())
        {
            host.Process.Thaw();
            // A silo that was declared dead reads so in the membership table, and ends.
            if (host is SimSilo { IsEvicted: true })
                host.Process.Kill();
        }

        for (var lane = 0; world.Plan.IsCluster && lane < world.Plan.Lanes; lane++)
            StopTwins(lane);
    }

    private Host? AnyHost() => world.Hosts.Count == 0 ? null : Chance.OfList(world.Hosts);

    /// <summary>Something is wrong for a while.</summary>
    private void For(TimeSpan longest, string what, Action begin, Action end)
    {
        var length = Chance.Skewed(TimeSpan.FromSeconds(0.1), longest);
        world.Simulation.Note("nemesis", string.Create(CultureInfo.InvariantCulture, $"{what} for {length.TotalSeconds:F1} s"));
        begin();
        Later(length, end);
    }

    /// <summary>Does something after a while, unless everything was mended by then.</summary>
    private void Later(TimeSpan delay, Action action) => world.Simulation.Schedule(
        stage,
        delay,
        _ =>
        {
            if (!world.IsCalm)
                action();
        },
        null);

    private void Kill(Host host)
    {
        var disk = world.Disks.Find(disk => disk.Owner == host.Process);
        host.Process.Kill();
        if (disk is not null && Chance.OneIn(4))
        {
            world.Simulation.Note("nemesis", string.Create(CultureInfo.InvariantCulture, $"disk{disk.Number} is gone with its machine"));
            disk.IsGone = true;
        }

        StartLater();
    }

    private void StartLater() => Later(Chance.Skewed(TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1)), () =>
    {
        if (world.Hosts.Count < world.Plan.Processes)
            world.StartHost();
    });

    private void Stop(Host host)
    {
        world.Simulation.Note("nemesis", $"{host.Process.Name} is asked to stop");
        host.Process.Start(async () =>
        {
            await host.StopAsync();
            host.Process.Kill();
        });
        StartLater();
    }

    private void Freeze(Host host)
    {
        host.Process.Freeze();
        Later(Chance.Skewed(TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(2)), host.Process.Thaw);
        // One that does not answer is declared dead, but knows nothing of it when it comes back.
        if (host is SimSilo silo && Chance.OneIn(2))
            Evict(silo);
    }

    private void Evict(SimSilo silo)
    {
        world.Directory.Evict(silo);
        Later(Chance.Skewed(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)), () => EndZombie(silo));
        Later(TimeSpan.FromSeconds(1), () =>
        {
            if (world.Directory.Members.Count == 0)
                world.StartHost();
        });
    }

    /// <summary>It reads in the membership table that it is dead; not while it is frozen.</summary>
    private void EndZombie(SimSilo silo)
    {
        if (silo.Process.IsFrozen)
            Later(TimeSpan.FromSeconds(10), () => EndZombie(silo));
        else
            Kill(silo);
    }

    private void StepClock(Host host)
    {
        world.Rules.ClockSteps++;
        host.Process.Clock.SetWrongBy(world.Plan.DrawClockError(Chance));
    }

    private void Move(SimSilo from)
    {
        var id = Chance.OfList([.. from.PartitionsHere]);
        world.Simulation.Note("nemesis", $"{id} is to leave {from.Process.Name}");
        from.Process.Post(() => from.Process.Start(() => from.DeactivateAsync(id)));
    }

    /// <summary>A partition is activated a second time.</summary>
    private void Twin(SimSilo silo)
    {
        var source = Chance.OfList([.. world.Catalogue.Keys]);
        var id = new PartitionId(source, Chance.Next(world.Catalogue[source]));
        if (silo.PartitionsHere.Contains(id))
            return;
        world.Simulation.Note("nemesis", $"{id} is activated at {silo.Process.Name}, whoever else has it");
        silo.Process.Post(() => silo.ActivateAgain(id));
    }

    private void MoveLane(bool keepsOld)
    {
        var lane = Chance.Next(world.Plan.Lanes);
        if (world.Directory.Members.Count == 0)
            return;
        var to = Chance.OfList(world.Directory.Members);
        world.Simulation.Note("nemesis", $"lane {lane} goes to {to.Process.Name}{(keepsOld ? " and stays where it is" : "")}");
        world.Directory.MoveLane(lane, to, keepsOld);
    }

    /// <summary>Where a lane is in several places, any one of them stays.</summary>
    private void StopTwins(int lane)
    {
        var silos = world.Directory.Members.Where(silo => silo.LanesHere.Contains(lane)).ToList();
        if (silos.Count == 0)
            return;
        var stays = Chance.OfList(silos);
        world.Directory.MoveLane(lane, stays, keepsOld: true);
        foreach (var silo in silos.Where(silo => silo != stays))
            silo.Process.Post(() => silo.StopLane(lane));
    }

    private void Split()
    {
        var source = Chance.OfList([.. world.Catalogue.Keys]);
        var from = world.Catalogue[source];
        var to = from * Chance.Of(2, 3);
        if (to > 12 || AnyHost() is not { } host)
            return;
        world.Simulation.Note("nemesis", string.Create(CultureInfo.InvariantCulture, $"{source} is to have {to} partitions instead of {from}"));
        if (host is SimSilo)
            host.Process.Post(() => host.Process.Start(() => SplitAsync(host, source, from, to)));
        else
        {
            world.Catalogue[source] = to;
            host.Process.Post(host.Reload);
        }
    }

    /// <summary>As the cluster's catalogue does: the journal first, then the number.</summary>
    private async Task SplitAsync(Host host, string source, int from, int to)
    {
        using var timeout = new CancellationTokenSource(world.Plan.Options.LoadTimeout, host.Process.Clock);
        var result = await host.Journal.SplitAsync(source, from, to, timeout.Token);
        if (result.Outcome == JournalOutcome.Committed && world.Catalogue[source] < to)
            world.Catalogue[source] = to;
        foreach (var other in world.Hosts.Where(_ => Chance.OneIn(2)).ToList())
            other.Process.Post(other.Reload);
    }
}
