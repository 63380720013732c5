using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>Puts a mistake into the place where it was made in the field.</summary>
internal static class Mistakes
{
    public static IFrontGate Gate(Mistake mistake, int requestsMax, long bytesMax) => new FrontGate(requestsMax, bytesMax);

    public static IJournal Wrap(Mistake mistake, IJournal journal, World world) => journal;

    public static ILake Wrap(Mistake mistake, ILake lake, World world) => lake;

    public static IIntake Wrap(Mistake mistake, IIntake intake, World world) => intake;
}
