using Ingest.Engine;
using Ingest.Regions;
using Ingest.Storage;

namespace Ingest.Simulation;

/// <summary>
/// A mistake of the field, made on purpose at one of the ports, to show that the rules see it. This one is none.
/// </summary>
/// <param name="name">What is done wrong, in a few words.</param>
internal class Mistake(string name)
{
    public static Mistake None { get; } = new("none");

    /// <summary>All that can be made.</summary>
    public static IReadOnlyList<Mistake> All { get; } =
    [
        new JournalMistake("acknowledges before the commit", (inner, _) => new AcknowledgesEarly(inner)),
        new CommitsWithoutSync(),
        new JournalMistake("takes a time-out for success", (inner, _) => new TakesUnknownForCommitted(inner)),
        new JournalMistake("ignores the fence", (inner, _) => new IgnoresFence(inner)),
        new JournalMistake("acknowledges though it was fenced", (inner, _) => new TakesFencedForCommitted(inner)),
        new JournalMistake("does not look for what a dead process left unsealed", (inner, _) => new OverlooksUnsealed(inner)),
        new JournalMistake("forgets ids too early", (inner, _) => new ForgetsIdsEarly(inner)),
        new JournalMistake("forgets ids at a split", (inner, _) => new ForgetsIdsAtSplit(inner)),
        new JournalMistake("forgets the partition's clock", (inner, _) => new ForgetsClock(inner)),
        new JournalMistake("forgets counts", (inner, _) => new ForgetsCounts(inner)),
        new JournalMistake("gives space back before the lake has the batch", (inner, _) => new ConfirmsAtSeal(inner)),
        new JournalMistake("closes hours in name only", (inner, _) => new ClosesInNameOnly(inner)),
        new IntakeMistake("marks ids as known before they are stored", (inner, host) => new MarksEarly(inner, host)),
        new IntakeMistake("answers for all once a part is stored", (inner, _) => new AnswersForAll(inner)),
        new IntakeMistake("drops invalid events in silence", (inner, _) => new DropsInvalid(inner)),
        new LakeMistake("confirms before the put", (inner, process) => new ConfirmsBeforePut(inner, process)),
        new LakeMistake("the first failed put empties the buffer", (inner, _) => new EmptiesBuffer(inner)),
        new LakeMistake("the key holds the attempt", (inner, _) => new KeyHoldsAttempt(inner)),
        new LakeMistake("gives up after three tries", (inner, _) => new GivesUp(inner)),
        new LakeMistake("shows an object before it is whole", (inner, _) => new ShowsParts(inner)),
        new GateUnderflow(),
        new SpillMistake("answers from the spill before its sync", inner => new AnswersBeforeSync(inner)),
        new SpillMistake("deletes from the spill before the journal's commit", inner => new RemovesBeforeCommit(inner)),
        new SpillMistake("takes a full spill for success", inner => new TakesFullForStored(inner)),
        new SpillMistake("gives a first receipt to what a spill refuses", inner => new StampsWhatItRefuses(inner)),
        new SpillMistake("never drains the oldest request of a spill", inner => new PassesOverOldest(inner)),
        new DeletesBeforeAnswer(),
        new RecordsBeforeCommit(),
        new JournalMistake("forgets which objects were delivered", (inner, _) => new ForgetsDelivered(inner), isOfRegions: true),
        new WatchesAlone(),
    ];

    public string Name { get; } = name;

    /// <summary>What was answered can be lost in a crash.</summary>
    public virtual bool LosesSynced => false;

    public virtual IJournal Wrap(IJournal journal, SimProcess process) => journal;

    public virtual ILake Wrap(ILake lake, SimProcess process) => lake;

    public virtual IIntake Wrap(IIntake intake, Host host) => intake;

    public virtual ISpill Wrap(ISpill spill) => spill;

    /// <summary>It can only be made where there are two regions.</summary>
    public virtual bool IsOfRegions => false;

    public virtual IRelayLink Wrap(IRelayLink link, SimProcess process) => link;

    /// <summary>What the primary offers relayed events to.</summary>
    public virtual IIntake WrapRelayed(IIntake intake, SimProcess process) => intake;

    /// <summary>What a watcher sees of the lever.</summary>
    /// <param name="reading">What is to be seen.</param>
    /// <param name="other">The region that it watches.</param>
    /// <param name="probe">How that answered.</param>
    public virtual LeverReading Witness(LeverReading reading, string other, Probe probe) => reading;

    public virtual IFrontGate Gate(int requestsMax, long bytesMax) => new FrontGate(requestsMax, bytesMax);

    public override string ToString() => Name;
}

/// <summary>The disk is not synced before the answer.</summary>
internal sealed class CommitsWithoutSync() : Mistake("commits without a sync of the disk")
{
    public override bool LosesSynced => true;
}

/// <summary>A mistake between the runtime and the journal.</summary>
internal sealed class JournalMistake(string name, Func<IJournal, SimProcess, IJournal> make, bool isOfRegions = false) : Mistake(name)
{
    public override bool IsOfRegions => isOfRegions;

    public override IJournal Wrap(IJournal journal, SimProcess process) => make(journal, process);
}

/// <summary>A mistake between the runtime and the lake.</summary>
internal sealed class LakeMistake(string name, Func<ILake, SimProcess, ILake> make) : Mistake(name)
{
    public override ILake Wrap(ILake lake, SimProcess process) => make(lake, process);
}

/// <summary>A mistake between the collector and the runtime.</summary>
internal sealed class IntakeMistake(string name, Func<IIntake, Host, IIntake> make) : Mistake(name)
{
    public override IIntake Wrap(IIntake intake, Host host) => make(intake, host);
}

/// <summary>A mistake between the runtime and the disk of its spill.</summary>
internal sealed class SpillMistake(string name, Func<ISpill, ISpill> make) : Mistake(name)
{
    public override ISpill Wrap(ISpill spill) => make(spill);
}
